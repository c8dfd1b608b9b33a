namespace CowansDashboard.Search;

public enum FilterKind { Choice, Number, Money, Moment, YesNo }

/// <summary>
/// One field that products can be filtered by. The table below is the filter syntax of the address bar, saved
/// views and the REST API: a parameter is <c>field=value</c> or <c>field.operator=value</c>, repeated for several
/// values of a choice.
/// </summary>
public sealed record FilterField(string Name, string Label, FilterKind Kind, IReadOnlyList<string> Operators, IReadOnlyList<string>? Values = null)
{
    /// <summary>Any of the values; the operator that is not written.</summary>
    public const string Any = "";

    /// <summary>None of the values.</summary>
    public const string None = "none";

    /// <summary>All of the values.</summary>
    public const string Every = "all";

    private static readonly string[] AnyOrNone = [Any, None];
    private static readonly string[] Range = ["min", "max"];

    public static readonly FilterField Status = new("status", "Status", FilterKind.Choice, AnyOrNone, ["active", "draft", "archived", "unlisted"]);
    public static readonly FilterField Vendor = new("vendor", "Vendor", FilterKind.Choice, AnyOrNone);
    public static readonly FilterField Type = new("type", "Type", FilterKind.Choice, AnyOrNone);
    public static readonly FilterField Tag = new("tag", "Tag", FilterKind.Choice, [Any, Every, None]);
    public static readonly FilterField Category = new("category", "Category", FilterKind.Choice, AnyOrNone);
    public static readonly FilterField OwnCategory = new("own-category", "Own category", FilterKind.Choice, AnyOrNone);
    public static readonly FilterField Collection = new("collection", "Collection", FilterKind.Choice, AnyOrNone);
    public static readonly FilterField Publication = new("publication", "Published on", FilterKind.Choice, AnyOrNone);
    public static readonly FilterField Sync = new("sync", "Sync", FilterKind.Choice, [Any], ["in-sync", "pending", "here-only", "conflict", "gone", "removed"]);
    public static readonly FilterField Price = new("price", "Price", FilterKind.Money, Range);
    public static readonly FilterField Stock = new("stock", "Stock", FilterKind.Number, Range);
    public static readonly FilterField Variants = new("variants", "Variants", FilterKind.Number, Range);
    public static readonly FilterField Image = new("image", "Picture", FilterKind.YesNo, [Any], ["yes", "no"]);
    public static readonly FilterField Updated = new("updated", "Updated", FilterKind.Moment, ["since", "before"]);

    public static readonly IReadOnlyList<FilterField> All =
        [Status, Vendor, Type, Tag, Category, OwnCategory, Collection, Publication, Sync, Price, Stock, Variants, Image, Updated];

    /// <summary>Local ids of the copy, as against words.</summary>
    public bool HoldsIds => this == Collection || this == Publication || this == OwnCategory;

    public bool Equals(FilterField? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name);
}
