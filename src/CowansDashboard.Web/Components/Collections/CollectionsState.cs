using System.Globalization;
using CowansDashboard.Collections;
using CowansDashboard.Search;

namespace CowansDashboard.Web.Components.Collections;

/// <summary>What the list shows, all of it in the address: words, kind of sources, order and place.</summary>
public sealed record CollectionsState
{
    public const string Path = "/collections";
    public const int PageSize = 50;

    /// <summary>Kinds of sources by their names in addresses.</summary>
    public static readonly IReadOnlyList<(SourceKinds Kind, string Name)> Kinds =
        [(SourceKinds.Picked, "picked"), (SourceKinds.Conditions, "conditions"), (SourceKinds.SubCollections, "sub-collections"), (SourceKinds.Unknown, "unknown")];

    public string Search { get; init; } = "";

    /// <summary>Only these; null is any.</summary>
    public SourceKinds? Kind { get; init; }

    public CollectionSort Order { get; init; } = CollectionSort.Default;
    public int Page { get; init; } = 1;
    public ProductCursor? After { get; init; }
    public ProductCursor? Before { get; init; }

    public bool IsFiltered => Search.Length > 0 || Kind is not null;

    public PagePlace Place => this switch
    {
        { After: { } after } => new PagePlace.After(after),
        { Before: { } before } => new PagePlace.Before(before),
        _ => PagePlace.First,
    };

    public static CollectionsState Read(string address)
    {
        var own = FilterText.Parameters(new Uri(address).Query).GroupBy(each => each.Key, StringComparer.Ordinal)
            .ToDictionary(each => each.Key, each => each.Last().Value, StringComparer.Ordinal);
        var (after, before) = (ProductCursor.Read(own.GetValueOrDefault("after")), ProductCursor.Read(own.GetValueOrDefault("before")));
        return new()
        {
            Search = own.GetValueOrDefault("q")?.Replace("\0", "", StringComparison.Ordinal).Trim() ?? "",
            Kind = KindOf(own.GetValueOrDefault("kind")),
            Order = CollectionSort.Read(own.GetValueOrDefault("sort")) ?? CollectionSort.Default,
            // A number is for reading; the place is what leads there.
            Page = (after ?? before) is not null && int.TryParse(own.GetValueOrDefault("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Max(page, 1) : 1,
            After = after,
            Before = after is null ? before : null,
        };
    }

    public static SourceKinds? KindOf(string? name) => Kinds.FirstOrDefault(each => each.Name == name) is { Name: not null } found ? found.Kind : null;

    public string ToUrl()
    {
        (string Name, string? Value)[] parts =
        [
            ("q", Search), ("kind", Kinds.FirstOrDefault(each => each.Kind == Kind).Name), ("sort", Order == CollectionSort.Default ? null : Order.Text),
            ("page", Page == 1 ? null : Page.ToString(CultureInfo.InvariantCulture)), ("after", After?.Text), ("before", Before?.Text),
        ];
        var query = string.Join('&', parts.Where(part => part.Value is { Length: > 0 }).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));
        return query.Length == 0 ? Path : $"{Path}?{query}";
    }

    public CollectionsState First() => this with { Page = 1, After = null, Before = null };

    public CollectionsState NextPage(ProductCursor end) => this with { Page = Page + 1, After = end, Before = null };

    public CollectionsState PreviousPage(ProductCursor start) => Page <= 2 ? First() : this with { Page = Page - 1, After = null, Before = start };
}
