using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace CowansDashboard.Conflicts.Differences;

/// <summary>The words of a description without its markup: paragraphs and list items on lines of their own.</summary>
public static partial class PlainText
{
    private static readonly HashSet<string> Blocks =
        ["p", "div", "br", "hr", "ul", "ol", "li", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "section", "article", "figure", "dl", "dt", "dd"];

    private static readonly HashSet<string> Silent = ["script", "style", "template", "noscript", "iframe", "head"];

    public static string Of(string html)
    {
        if (html.Length == 0)
            return "";
        var parser = new HtmlParser();
        using var page = parser.ParseDocument("");
        var text = new StringBuilder();
        foreach (var node in parser.ParseFragment(html, page.Body!))
            Write(node, text, 0);
        return Lines().Replace(Spaces().Replace(text.ToString(), " "), "\n").Trim();
    }

    private static void Write(INode node, StringBuilder into, int depth)
    {
        const int Deepest = 128;
        switch (node)
        {
            case IText words:
                into.Append(words.Data.Replace('\n', ' '));
                break;
            case IElement element when depth < Deepest && !Silent.Contains(element.LocalName):
                var isBlock = Blocks.Contains(element.LocalName);
                if (isBlock)
                    into.Append('\n');
                if (element.LocalName == "li")
                    into.Append("• ");
                if (element.LocalName == "img")
                    into.Append(" [picture").Append(element.GetAttribute("alt") is { Length: > 0 } alt ? $": {alt}" : "").Append("] ");
                foreach (var child in element.ChildNodes)
                    Write(child, into, depth + 1);
                if (element.LocalName is "td" or "th")
                    into.Append(' ');
                if (isBlock)
                    into.Append('\n');
                break;
        }
    }

    [GeneratedRegex(@"[^\S\n]+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@" *\n[\s]*")]
    private static partial Regex Lines();
}
