using System.Text.Json.Nodes;

namespace CowansDashboard.Conflicts.Differences;

/// <summary>What became of a piece of a value.</summary>
public enum PieceKind
{
    Same,
    Added,
    Removed,
}

/// <summary>A run of words, an element of a set, or a row of a list.</summary>
public readonly record struct Piece(PieceKind Kind, string Text);

/// <summary>
/// How one value became another, in the form in which a person sees the difference: words of a text, elements of a set,
/// rows of a list, or the whole value. Pure.
/// </summary>
public abstract record ReadableDifference
{
    private ReadableDifference()
    {
    }

    /// <summary>A text, word by word. When only the markup differs it is the markup that is shown.</summary>
    public sealed record Words(IReadOnlyList<Piece> Pieces, bool IsMarkup) : ReadableDifference;

    /// <summary>A set such as tags: what stayed, came and went, each in order.</summary>
    public sealed record Elements(IReadOnlyList<Piece> Pieces) : ReadableDifference;

    /// <summary>A list such as an option's values, row by row.</summary>
    public sealed record Rows(IReadOnlyList<Piece> Pieces) : ReadableDifference;

    /// <summary>A price, a status, a number: before and after.</summary>
    public sealed record Whole(JsonNode? From, JsonNode? To) : ReadableDifference
    {
        public bool Same => JsonNode.DeepEquals(From, To);
    }

    public static ReadableDifference Of(string entity, string field, JsonNode? from, JsonNode? to) =>
        FieldShapes.Of(entity, field, from, to) switch
        {
            FieldShape.Html => Html(Text(from), Text(to)),
            FieldShape.Text => new Words(WordDifference.Of(Text(from), Text(to)), IsMarkup: false),
            FieldShape.Set => new Elements(Sets(Texts(from), Texts(to))),
            FieldShape.List => new Rows(RowDifference.Of(Texts(from), Texts(to))),
            _ => new Whole(from, to),
        };

    private static Words Html(string from, string to)
    {
        var (before, after) = (PlainText.Of(from), PlainText.Of(to));
        return before == after && from != to
            ? new(WordDifference.Of(from, to), IsMarkup: true)
            : new(WordDifference.Of(before, after), IsMarkup: false);
    }

    private static List<Piece> Sets(IReadOnlyList<string> from, IReadOnlyList<string> to) =>
    [
        .. from.Union(to).Order(StringComparer.OrdinalIgnoreCase).Select(element => new Piece(
            !to.Contains(element) ? PieceKind.Removed : from.Contains(element) ? PieceKind.Same : PieceKind.Added, element)),
    ];

    private static string Text(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var words) ? words : "";

    private static List<string> Texts(JsonNode? value) => value switch
    {
        JsonArray list => [.. list.Select(Row)],
        JsonObject named => [.. named.Select(each => $"{each.Key}: {Row(each.Value)}")],
        _ => [],
    };

    // An option's value is an object with a name; what else it holds is told apart only where the names are alike.
    private static string Row(JsonNode? row) => row switch
    {
        null => "none",
        JsonObject value when value["name"] is JsonValue name => name.ToString(),
        JsonValue text when text.TryGetValue<string>(out var words) => words,
        _ => row.ToJsonString(),
    };
}
