using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>
/// A description on its way into an editor and back. The editor gets only what is safe to show; what it may not show
/// travels as a mark or a box and returns as it was. Parts that nobody touched keep the shop's own text, letter by letter.
/// </summary>
public sealed class EditableHtml
{
    private const string Mark = "data-kept";

    private static readonly HtmlParser Parser = new(new HtmlParserOptions { IsKeepingSourceReferences = true });
    private static readonly string[] ShownStyles = ["text-align", "color", "background-color", "font-weight", "font-style", "text-decoration", "text-decoration-line"];

    private readonly List<Kept> _kept = [];
    private readonly List<string> _chunks;
    private readonly List<string> _shown;

    public EditableHtml(string source)
    {
        Source = source;
        var nodes = Nodes(source);
        if (IsTooDeep(nodes))
        {
            (_chunks, _shown, Html, Loses, CanShow) = ([source], [], "", true, false);
            return;
        }
        _chunks = Chunks(source, nodes);
        using var safe = Parser.ParseDocument("");
        foreach (var node in nodes)
            Show(node, safe.Body!, safe);
        Html = safe.Body!.InnerHtml;
        var groups = Groups(Nodes(Html), Begins);
        _shown = [.. groups.Select(Print)];
        Loses = string.Concat(groups.Select(Restored)) != Print(nodes);
    }

    /// <summary>As Shopify has it.</summary>
    public string Source { get; }

    /// <summary>What the editor shows.</summary>
    public string Html { get; }

    /// <summary>What the editor shows as boxes only: "iframe", "style".</summary>
    public IReadOnlyList<string> Boxes => [.. _kept.Where(kept => kept.IsBox).Select(kept => kept.Name).Distinct()];

    /// <summary>The editor cannot hold this HTML: any change in it would drop something.</summary>
    public bool Loses { get; }

    /// <summary>False where tags lie in each other deeper than any text does: only the source can be edited.</summary>
    public bool CanShow { get; } = true;

    /// <summary>A change in the editor writes the whole text anew, since its parts cannot be told apart.</summary>
    public bool RewritesAll => _chunks.Count != _shown.Count;

    /// <summary>What comes from elsewhere, with nothing that the editor may not show: neither boxes nor marks.</summary>
    public static string Pasted(string html)
    {
        using var document = Parser.ParseDocument("");
        document.Body!.InnerHtml = new EditableHtml(html).Html;
        foreach (var element in document.Body.QuerySelectorAll($"[{Mark}]"))
        {
            element.RemoveAttribute(Mark);
            if (element.HasAttribute("contenteditable"))
                element.Remove();
        }
        return document.Body.InnerHtml;
    }

    /// <summary>The source after the editor held this: only the parts that changed are written anew.</summary>
    public string Read(string edited)
    {
        var groups = Groups(Nodes(edited), Begins);
        var printed = groups.Select(group => Print(Cleaned(group))).ToList();
        if (printed.SequenceEqual(_shown))
            return Source;
        if (RewritesAll)
            return string.Concat(groups.Select(Restored));
        var first = printed.Zip(_shown).TakeWhile(pair => pair.First == pair.Second).Count();
        var last = printed.Skip(first).Reverse().Zip(_shown.Skip(first).Reverse()).TakeWhile(pair => pair.First == pair.Second).Count();
        return string.Concat(
        [
            .. _chunks.Take(first),
            .. Middle(groups[first..^last], printed[first..^last], first, last),
            .. _chunks.Skip(_chunks.Count - last),
        ]);
    }

    // Between the parts that are the same at both ends, a part that stands there unchanged keeps its text too.
    private IEnumerable<string> Middle(List<List<INode>> groups, List<string> printed, int first, int last)
    {
        var from = first;
        for (var i = 0; i < groups.Count; i++)
        {
            var found = _shown.IndexOf(printed[i], from, _shown.Count - last - from);
            if (found >= 0)
                from = found + 1;
            yield return found >= 0 ? _chunks[found] : Restored(groups[i]);
        }
    }

    private void Show(INode node, INode into, IDocument safe)
    {
        switch (node)
        {
            case IText text:
                into.AppendChild(safe.CreateTextNode(text.Data));
                break;
            case IHtmlElement element when SafeHtml.Kept.Contains(element.LocalName) || Alike(element) is not null:
                if (element.LocalName == "img" && SafeHtml.Address(element.GetAttribute("src"), "https", "http") is null)
                {
                    Box(element, "picture", into, safe);
                    break;
                }
                var copy = safe.CreateElement(Alike(element) ?? element.LocalName);
                foreach (var attribute in element.Attributes)
                    if (Shown(element, attribute) is { } shown)
                        copy.SetAttribute(attribute.Name, shown);
                if (Alike(element) is not null || element.Attributes.Any(attribute => copy.GetAttribute(attribute.Name) != attribute.Value))
                    copy.SetAttribute(Mark, Keep(new(element, IsBox: false, copy)));
                into.AppendChild(copy);
                foreach (var child in element.ChildNodes)
                    Show(child, copy, safe);
                break;
            default:
                Box(node, node is IElement other ? other.LocalName : "note", into, safe);
                break;
        }
    }

    private void Box(INode node, string name, INode into, IDocument safe)
    {
        var box = safe.CreateElement("span");
        box.SetAttribute(Mark, Keep(new(node, IsBox: true, box) { Name = name }));
        box.SetAttribute("contenteditable", "false");
        box.TextContent = name;
        into.AppendChild(box);
    }

    // A part of the text whose tag the editor does not show: it stands there as one that it does.
    private static string? Alike(IElement element) =>
        SafeHtml.Kept.Contains(element.LocalName) || SafeHtml.DroppedWhole.Contains(element.LocalName) ? null
        : element.LocalName switch
        {
            "section" or "article" or "aside" or "header" or "footer" or "main" or "nav" or "center" or "address" or "details" => "div",
            "font" or "big" or "strike" or "tt" or "cite" or "dfn" or "var" or "samp" or "time" or "label" => "span",
            _ => null,
        };

    private static string? Shown(IElement element, IAttr attribute) => (element.LocalName, attribute.Name) switch
    {
        ("a", "href") => SafeHtml.Address(attribute.Value, "https", "http", "mailto", "tel"),
        ("img", "src") => SafeHtml.Address(attribute.Value, "https", "http"),
        (_, "style") => Style(attribute.Value),
        (_, "dir") => attribute.Value is "ltr" or "rtl" or "auto" ? attribute.Value : null,
        _ when SafeHtml.Words.Contains(attribute.Name) => attribute.Value,
        _ when SafeHtml.Numbers.Contains(attribute.Name) => int.TryParse(attribute.Value, out var number) && number is >= 0 and < 10_000 ? attribute.Value : null,
        _ => null,
    };

    private static string? Style(string style)
    {
        var shown = style.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(each => each.Split(':') is [var name, var value] && ShownStyles.Contains(name.Trim().ToLowerInvariant()) && value.All(sign => char.IsLetterOrDigit(sign) || " #%.,-".Contains(sign)))
            .ToList();
        return shown.Count == 0 ? null : string.Join("; ", shown) + ";";
    }

    private string Keep(Kept kept)
    {
        _kept.Add(kept);
        return (_kept.Count - 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private string Restored(List<INode> group)
    {
        using var document = Parser.ParseDocument("");
        foreach (var node in Cleaned(group))
            Restore(node, document.Body!, document);
        return Print([.. document.Body!.ChildNodes]);
    }

    private void Restore(INode node, INode into, IDocument document)
    {
        var kept = node is IElement marked ? KeptOf(marked) : null;
        switch (node)
        {
            case not null when kept is { IsBox: true }:
                into.AppendChild(document.Import(kept.Original));
                return;
            case IElement element:
                var copy = document.CreateElement(kept is { Original: IElement original } ? original.LocalName : element.LocalName);
                foreach (var (name, value) in Attributes(element, kept))
                    copy.SetAttribute(name, value);
                into.AppendChild(copy);
                foreach (var child in element.ChildNodes)
                    Restore(child, copy, document);
                return;
            default:
                into.AppendChild(document.Import(node!));
                return;
        }
    }

    // What the editor changed counts; what it never saw returns.
    private static IEnumerable<(string Name, string Value)> Attributes(IElement element, Kept? kept)
    {
        if (kept is { Original: IElement original })
        {
            foreach (var attribute in original.Attributes)
            {
                var (given, now) = (kept.Given.GetAttribute(attribute.Name), element.GetAttribute(attribute.Name));
                if (given == now)
                    yield return (attribute.Name, attribute.Value);
                else if (now is not null)
                    yield return (attribute.Name, now);
            }
        }
        foreach (var attribute in element.Attributes)
            if (attribute.Name is not (Mark or "contenteditable" or "class") && (kept?.Original as IElement)?.HasAttribute(attribute.Name) != true)
                yield return (attribute.Name, attribute.Value);
    }

    // The editor marks what is selected with classes of its own; it was given none.
    private static List<INode> Cleaned(List<INode> group)
    {
        foreach (var element in group.OfType<IElement>().SelectMany(each => each.QuerySelectorAll("[class]").Prepend(each)))
            element.RemoveAttribute("class");
        return group;
    }

    private static List<string> Chunks(string source, List<INode> nodes)
    {
        var groups = Groups(nodes, node => node is IElement);
        var starts = groups.Select(group => group[0] is IElement { SourceReference.Position: var position } ? position.Index : 0).ToList();
        if (starts.Count == 0)
            return [];
        if (groups[0][0] is IElement && starts[0] != 0)
            return [source];
        var chunks = starts.Select((start, i) => start <= (i + 1 < starts.Count ? starts[i + 1] : source.Length) ? source[start..(i + 1 < starts.Count ? starts[i + 1] : source.Length)] : "").ToList();
        // Each part alone must read as it does in its place: tags that overlap make it otherwise.
        return groups.Zip(chunks).All(pair => Print(pair.First) == Print(Nodes(pair.Second))) ? chunks : [source];
    }

    // Walked without recursion: thousands of nested tags would end the process.
    private static bool IsTooDeep(List<INode> nodes)
    {
        const int Deepest = 64;
        var open = new Stack<(INode Node, int Depth)>(nodes.Select(node => (node, 1)));
        while (open.TryPop(out var next))
        {
            if (next.Depth > Deepest)
                return true;
            foreach (var child in next.Node.ChildNodes)
                open.Push((child, next.Depth + 1));
        }
        return false;
    }

    // An element with what follows it up to the next: the parts that are kept or written anew.
    private static List<List<INode>> Groups(IEnumerable<INode> nodes, Func<INode, bool> begins)
    {
        var groups = new List<List<INode>>();
        foreach (var node in nodes)
        {
            if (groups.Count == 0 || begins(node))
                groups.Add([]);
            groups[^1].Add(node);
        }
        return groups;
    }

    // A box stands for what it hides: a note is no element, and begins no part.
    private bool Begins(INode node) => node is IElement element && KeptOf(element) is not { Original: not IElement };

    private Kept? KeptOf(IElement element) =>
        int.TryParse(element.GetAttribute(Mark), out var number) && number >= 0 && number < _kept.Count ? _kept[number] : null;

    private static List<INode> Nodes(string html)
    {
        var document = Parser.ParseDocument("");
        return [.. Parser.ParseFragment(html, document.Body!)];
    }

    private static string Print(IEnumerable<INode> nodes) => string.Concat(nodes.Select(Print));

    private static string Print(INode node) => node switch
    {
        IElement element => element.OuterHtml,
        _ => AngleSharp.FormatExtensions.ToHtml(node),
    };

    private sealed record Kept(INode Original, bool IsBox, IElement Given)
    {
        public string Name { get; init; } = "";
    }
}
