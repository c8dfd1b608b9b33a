using System.Text.RegularExpressions;

namespace CowansDashboard.Shopify.Bulk;

/// <summary>
/// A mutation to run once per line of an uploaded file. Its operation's name carries a mark of the caller's, because that is
/// all by which Shopify's list of operations tells two runs of the same mutation apart.
/// </summary>
public sealed partial record BulkMutation
{
    /// <summary>A document of this library under a mark.</summary>
    /// <param name="name">The document's name, such as <c>ProductUpdate</c>.</param>
    /// <param name="mark">Letters, digits and underscores, never used twice in a shop.</param>
    public BulkMutation(string name, string mark)
    {
        if (!Marks().IsMatch(mark))
        {
            throw new ArgumentException($"'{mark}' cannot be part of a GraphQL name.", nameof(mark));
        }

        Name = name;
        Mark = mark;
        var document = Documents.Text(name);
        Text = Regex.Replace(document, $@"^mutation {name}\b", $"mutation {name}_{mark}", RegexOptions.Multiline);
    }

    /// <summary>The document's name.</summary>
    public string Name { get; }

    /// <summary>What tells this run from others.</summary>
    public string Mark { get; }

    /// <summary>What is sent.</summary>
    public string Text { get; }

    /// <summary>How many lines its file has; known, it is looked at when it should be over, and seldom before.</summary>
    public int? Lines { get; init; }

    /// <summary>Whether an operation that Shopify lists is this one.</summary>
    public bool IsSameAs(string? reported) => reported is not null && Regex.IsMatch(reported, $@"\b{Name}_{Mark}\b");

    [GeneratedRegex("^[A-Za-z0-9_]{1,64}$")]
    private static partial Regex Marks();
}
