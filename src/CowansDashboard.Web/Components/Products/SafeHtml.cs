using System.Collections.Frozen;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace CowansDashboard.Web.Components.Products;

/// <summary>
/// A description as merchants and their apps wrote it, reduced to what text needs. An allow-list: what is not named
/// here is dropped, so that a tag or attribute nobody thought of cannot act.
/// </summary>
public sealed class SafeHtml
{
    internal static readonly FrozenSet<string> Kept = new[]
    {
        "a", "abbr", "b", "bdi", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em", "figcaption", "figure",
        "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "small", "span",
        "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "wbr",
    }.ToFrozenSet();

    // Their words are no text of the description.
    internal static readonly FrozenSet<string> DroppedWhole = new[]
    {
        "script", "style", "template", "iframe", "object", "embed", "noscript", "noembed", "noframes", "svg", "math", "title", "head",
        "textarea", "select", "option", "xmp", "plaintext", "frame", "frameset", "applet", "audio", "video", "canvas", "base", "link", "meta",
    }.ToFrozenSet();

    internal static readonly FrozenSet<string> Numbers = new[] { "colspan", "rowspan", "width", "height", "start" }.ToFrozenSet();
    internal static readonly FrozenSet<string> Words = new[] { "alt", "title", "lang" }.ToFrozenSet();

    private readonly HtmlParser _parser = new();

    public string Of(string html)
    {
        if (html.Length == 0)
            return "";
        using var read = _parser.ParseDocument("");
        using var safe = _parser.ParseDocument("");
        var container = safe.Body!;
        // A fragment keeps "<td>" and the like from being rearranged; the copy is built new, never edited in place.
        foreach (var node in _parser.ParseFragment(html, read.Body!))
            Copy(node, container, safe, 0);
        return container.InnerHtml;
    }

    private static void Copy(INode node, INode into, IDocument safe, int depth)
    {
        const int Deepest = 64;
        if (depth > Deepest)
            return;
        switch (node)
        {
            case IText text:
                into.AppendChild(safe.CreateTextNode(text.Data));
                break;
            case IHtmlElement element when !DroppedWhole.Contains(element.LocalName):
                var target = into;
                if (Kept.Contains(element.LocalName) && Element(element, safe) is { } copy)
                    target = into.AppendChild(copy);
                foreach (var child in element.ChildNodes)
                    Copy(child, target, safe, depth + 1);
                break;
        }
    }

    private static IElement? Element(IElement from, IDocument safe)
    {
        var copy = safe.CreateElement(Demoted(from.LocalName));
        foreach (var attribute in from.Attributes)
        {
            if (Words.Contains(attribute.Name) || (Numbers.Contains(attribute.Name) && int.TryParse(attribute.Value, out var number) && number is >= 0 and < 10_000)
                || (attribute.Name == "dir" && attribute.Value is "ltr" or "rtl" or "auto"))
                copy.SetAttribute(attribute.Name, attribute.Value);
        }
        switch (from.LocalName)
        {
            case "a" when Address(from.GetAttribute("href"), "https", "http", "mailto", "tel") is { } href:
                copy.SetAttribute("href", href);
                copy.SetAttribute("target", "_blank");
                copy.SetAttribute("rel", "noopener noreferrer nofollow");
                break;
            case "img":
                if (Address(from.GetAttribute("src"), "https", "http") is not { } source)
                    return null;
                copy.SetAttribute("src", source);
                copy.SetAttribute("loading", "lazy");
                copy.SetAttribute("referrerpolicy", "no-referrer");
                break;
        }
        return copy;
    }

    // A description stands below the product's name (h1) and its card's title (h2): its headings begin after them.
    private static string Demoted(string tag) => tag switch { "h1" => "h3", "h2" => "h4", "h3" => "h5", "h4" or "h5" => "h6", _ => tag };

    internal static string? Address(string? text, params ReadOnlySpan<string> schemes)
    {
        var trimmed = text?.Trim();
        // "//host" is an address without its scheme, as Shopify's own pictures often have it.
        if (trimmed?.StartsWith("//", StringComparison.Ordinal) == true)
            trimmed = "https:" + trimmed;
        return Uri.TryCreate(trimmed, UriKind.Absolute, out var address) && schemes.Contains(address.Scheme) ? address.AbsoluteUri : null;
    }
}
