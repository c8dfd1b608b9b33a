using System.Globalization;
using CowansDashboard.Catalog;
using CowansDashboard.Search;
using CowansDashboard.Web.Components.Kit;
using SortKey = CowansDashboard.Search.SortKey;

namespace CowansDashboard.Web.Components.Products;

/// <summary>How products' values are said.</summary>
public static class ProductWords
{
    private const int MostHours = 72;

    /// <summary>ACTIVE is "Active".</summary>
    public static string Status(string status) => status.Length == 0 ? "" : char.ToUpperInvariant(status[0]) + status[1..].ToLowerInvariant().Replace('_', ' ');

    public static (Tone Tone, string? Icon, string Word) Sync(SyncState state) => state switch
    {
        SyncState.InSync => (Tone.Ok, null, "In sync"),
        SyncState.Pending => (Tone.Pending, null, "Pending"),
        SyncState.HereOnly => (Tone.Neutral, "plus", "New, not in Shopify"),
        SyncState.Conflict => (Tone.Conflict, null, "Conflict"),
        SyncState.Removed => (Tone.Wait, "trash", "Removed"),
        _ => (Tone.Bad, null, "Gone in Shopify"),
    };

    /// <summary>How far a removal is: "Archived, deleted in 3 hours", "Excluded: kept in Shopify, not shown here".</summary>
    public static string Removed(RemovedProduct removed, DateTimeOffset now) => removed switch
    {
        { ConflictId: not null } => "Edited in Shopify meanwhile: not deleted until somebody decides",
        { IsGoing: true } => "Shopify is deleting it",
        { How.Hours: null } => "Excluded: kept in Shopify, not shown here",
        { Problem: { } problem } => $"Shopify did not delete it: {problem}",
        { EndsAt: { } end } when end <= now => "Its time is over: Shopify deletes it in a moment",
        { EndsAt: { } end } => $"Archived, deleted in {Left(end - now)}",
        { How.Hours: { } hours } => $"Waits for the next push; deleted {Left(TimeSpan.FromHours(hours))} after it",
    };

    // A window is chosen in hours, and said in hours as long as people count in them.
    private static string Left(TimeSpan time) => time.TotalHours > MostHours ? Figure.Count((long)time.TotalDays, "day") : time.TotalHours >= 1 ? Figure.Count((long)Math.Round(time.TotalHours), "hour") : Figure.Count(Math.Max(1, (long)time.TotalMinutes), "minute");

    /// <summary>Options with how many values each has; a product without options has none to a merchandiser, though Shopify keeps one called Title.</summary>
    public static string? Options(ProductDetails product) =>
        product.HasOnlyDefaultVariant || product.Options.Count == 0 ? null : string.Join(", ", product.Options.Select(option => $"{option.Name} ({Figure.Count(option.Values.Count)})"));

    /// <summary>What a variant is called; the only one of a product without options has no name of its own.</summary>
    public static string Variant(ProductDetails product, ProductVariant variant) => product.HasOnlyDefaultVariant ? "Only variant" : variant.Title;

    public static string Price(decimal? min, decimal? max, string currency) => (min, max) switch
    {
        (null, _) => "–",
        ({ } low, { } high) when low != high => $"{Figure.Money(low, currency)} – {Bare(high, currency)}",
        _ => Figure.Money(min.Value, currency),
    };

    // "£92.00 – 100.00": the sign stands once.
    private static string Bare(decimal amount, string currency)
    {
        var text = Figure.Money(amount, currency);
        return amount < 0 ? text : text[text.AsSpan().IndexOfAnyInRange('0', '9')..];
    }

    public static string Sort(ProductSort sort) => (sort.Key, sort.Descending) switch
    {
        (SortKey.Relevance, _) => "best match",
        (SortKey.Updated, true) => "last update in Shopify",
        (SortKey.Updated, false) => "oldest update in Shopify",
        (SortKey.Title, false) => "title",
        (SortKey.Title, true) => "title, Z first",
        (SortKey.Vendor, false) => "vendor",
        (SortKey.Vendor, true) => "vendor, Z first",
        (SortKey.Status, var z) => z ? "status, Z first" : "status",
        (SortKey.Variants, var most) => most ? "most variants" : "fewest variants",
        (SortKey.Price, var dearest) => dearest ? "highest price" : "lowest price",
        (_, var most) => most ? "most stock" : "least stock",
    };

    /// <summary>A field's value as its chip says it: "£40 – 180", "under 5", "Aran, Glen", "not Aran".</summary>
    public static string Value(ProductFilter filter, FilterField field, string currency, IReadOnlyDictionary<(FilterField, string), string> names)
    {
        var parts = field.Kind switch
        {
            FilterKind.Money or FilterKind.Number => [Range(filter, field, currency)],
            FilterKind.Moment => filter.Conditions.Where(condition => condition.Field == field).Select(condition => Moment(condition.Operator, condition.Values[0])),
            _ => filter.Conditions.Where(condition => condition.Field == field).Select(condition => Choice(condition, names)),
        };
        return string.Join(", ", parts);
    }

    public static string Choice(FilterField field, string value) => value switch
    {
        "" => "none",
        _ when field == FilterField.Sync => Sync((SyncState)FilterField.Sync.Values!.ToList().IndexOf(value)).Word,
        _ when field == FilterField.Image => value == "yes" ? "With picture" : "Without picture",
        _ when field == FilterField.Status => Status(value),
        _ => value,
    };

    private static string Choice(FilterCondition condition, IReadOnlyDictionary<(FilterField, string), string> names)
    {
        const int Shown = 3;
        var words = condition.Values.Take(Shown).Select(value => names.GetValueOrDefault((condition.Field, value)) ?? Choice(condition.Field, value)).ToList();
        if (condition.Values.Count > Shown)
            words.Add($"{condition.Values.Count - Shown} more");
        return condition.Operator switch
        {
            FilterField.None => "not " + string.Join(", ", words),
            FilterField.Every => string.Join(" and ", words),
            _ => string.Join(", ", words),
        };
    }

    private static string Range(ProductFilter filter, FilterField field, string currency)
    {
        return (One("min"), One("max")) switch
        {
            ({ } min, { }) when field.Kind is FilterKind.Money && filter.Values(field, "max") is [var high] && filter.Values(field, "min")[0] != high =>
                $"{min} – {Bare(decimal.Parse(high, CultureInfo.InvariantCulture), currency)}",
            ({ } min, { } max) => min == max ? min : $"{min} – {max}",
            ({ } min, null) => $"{min} or more",
            (null, { } max) => $"{max} or less",
            _ => "",
        };

        string? One(string end) => filter.Values(field, end) switch
        {
            [var value] when field.Kind is FilterKind.Money => Figure.Money(decimal.Parse(value, CultureInfo.InvariantCulture), currency),
            [var value] => Figure.Count(long.Parse(value, CultureInfo.InvariantCulture)),
            _ => null,
        };
    }

    private static string Moment(string @operator, string value) => (@operator, value) switch
    {
        ("since", [.. var count, 'd']) => $"in the last {count} {(count == "1" ? "day" : "days")}",
        ("since", [.. var count, 'h']) => $"in the last {count} {(count == "1" ? "hour" : "hours")}",
        (_, [.. var count, 'd']) => $"over {count} {(count == "1" ? "day" : "days")} ago",
        (_, [.. var count, 'h']) => $"over {count} {(count == "1" ? "hour" : "hours")} ago",
        _ => $"{@operator} {value.Replace('T', ' ').TrimEnd('Z')}",
    };
}
