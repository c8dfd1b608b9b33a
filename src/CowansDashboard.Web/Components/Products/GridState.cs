using System.Globalization;
using CowansDashboard.Search;
using CowansDashboard.Search.Views;

namespace CowansDashboard.Web.Components.Products;

/// <summary>
/// What the grid shows, all of it in the address: filter, order, page, columns, the view it came from and the product
/// beside it. A link, a reload and the back button give the same page.
/// </summary>
public sealed record GridState
{
    public const string Path = "/products";
    public const int PageSize = 50;

    /// <summary>What is removed here and still in Shopify.</summary>
    public static readonly GridState Removed = new() { Filter = ProductFilter.Everything.With(FilterField.Sync, FilterField.Any, FilterField.Sync.Values![(int)SyncState.Removed]) };

    public ProductFilter Filter { get; init; } = ProductFilter.Everything;

    /// <summary>Null is the order that suits the filter.</summary>
    public ProductSort? Sort { get; init; }

    public int Page { get; init; } = 1;
    public ProductCursor? After { get; init; }
    public ProductCursor? Before { get; init; }
    public long? View { get; init; }
    public long? Open { get; init; }
    public IReadOnlyList<GridColumn> Columns { get; init; } = GridColumn.Standard;
    public IReadOnlyList<FilterProblem> Problems { get; init; } = [];

    public ProductSort Order => ProductSort.For(Sort, Filter);

    public PagePlace Place => this switch
    {
        { After: { } after } => new PagePlace.After(after),
        { Before: { } before } => new PagePlace.Before(before),
        _ => new PagePlace.Numbered(Page),
    };

    public static GridState Read(string address)
    {
        var parameters = FilterText.Parameters(new Uri(address).Query).ToList();
        var own = parameters.GroupBy(each => each.Key, StringComparer.Ordinal).ToDictionary(each => each.Key, each => each.Last().Value, StringComparer.Ordinal);
        // "search" is how REST calls it, and what people try.
        var (filter, problems) = FilterText.Read(parameters.Where(each => each.Key is not ("sort" or "page" or "after" or "before" or "view" or "open" or "columns")), own.ContainsKey("q") ? "q" : "search");
        return new()
        {
            Filter = filter,
            Problems = problems,
            Sort = ProductSort.Read(own.GetValueOrDefault("sort")),
            Page = int.TryParse(own.GetValueOrDefault("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Max(page, 1) : 1,
            After = ProductCursor.Read(own.GetValueOrDefault("after")),
            Before = ProductCursor.Read(own.GetValueOrDefault("before")),
            View = Id("view"),
            Open = Id("open"),
            Columns = own.TryGetValue("columns", out var columns) ? GridColumn.Read(columns.Split(',')) : GridColumn.Standard,
        };

        long? Id(string name) => long.TryParse(own.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
    }

    public string ToUrl()
    {
        var parts = new[]
        {
            FilterText.Print(Filter),
            Sort is null ? "" : "sort=" + Sort.Text,
            Columns.SequenceEqual(GridColumn.Standard) ? "" : "columns=" + string.Join(',', Columns.Select(column => column.Name)),
            View is { } view ? string.Create(CultureInfo.InvariantCulture, $"view={view}") : "",
            Page == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"page={Page}"),
            After is null ? "" : "after=" + After.Text,
            Before is null ? "" : "before=" + Before.Text,
            Open is { } open ? string.Create(CultureInfo.InvariantCulture, $"open={open}") : "",
        };
        var query = string.Join('&', parts.Where(part => part.Length > 0));
        return query.Length == 0 ? Path : $"{Path}?{query}";
    }

    public static GridState Of(SavedView view) =>
        new() { View = view.Id, Filter = view.Filter, Sort = view.Sort == ProductSort.For(null, view.Filter) ? null : view.Sort, Columns = view.Columns.Count == 0 ? GridColumn.Standard : GridColumn.Read(view.Columns) };

    /// <summary>Another filter starts at its first page, with nothing open.</summary>
    public GridState With(ProductFilter filter) => First() with { Filter = filter };

    public GridState With(ProductSort sort) => First() with { Sort = sort == ProductSort.For(null, Filter) ? null : sort };

    public GridState NextPage(ProductCursor end) => this with { Page = Page + 1, After = end, Before = null, Open = null };

    public GridState PreviousPage(ProductCursor start) => Page <= 2 ? First() : this with { Page = Page - 1, After = null, Before = start, Open = null };

    public GridState ToPage(int page) => First() with { Page = page };

    public GridState First() => this with { Page = 1, After = null, Before = null, Open = null };

    /// <summary>Whether other rows are asked for, as against another panel or other columns.</summary>
    public bool ShowsOtherRows(GridState other) =>
        Filter != other.Filter || Order != other.Order || Page != other.Page || After != other.After || Before != other.Before;
}
