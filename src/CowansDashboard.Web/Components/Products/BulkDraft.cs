using System.Globalization;
using CowansDashboard.Catalog.Bulk;

namespace CowansDashboard.Web.Components.Products;

/// <summary>What can be done to many products, as a person chooses it.</summary>
public enum BulkKind
{
    Price,
    CompareAt,
    Status,
    Tags,
    Vendor,
    Type,
    Category,
    OwnCategory,
    Collection,
    Replace,
    Metafield,
    Stock,
    Delete,
}

/// <summary>A bulk edit as it is being typed: texts, until they are read as an action.</summary>
public sealed class BulkDraft
{
    public static readonly IReadOnlyList<(BulkKind Kind, string Label)> Kinds =
    [
        (BulkKind.Price, "Price"), (BulkKind.CompareAt, "Compare-at price"), (BulkKind.Status, "Status"), (BulkKind.Tags, "Tags"), (BulkKind.Vendor, "Vendor"),
        (BulkKind.Type, "Type"), (BulkKind.Category, "Category"), (BulkKind.OwnCategory, "Own category"), (BulkKind.Collection, "Collection"), (BulkKind.Replace, "Find and replace"), (BulkKind.Metafield, "Metafield"), (BulkKind.Stock, "Stock at a location"), (BulkKind.Delete, "Delete"),
    ];

    public BulkKind Kind { get; set; }
    public PriceMove Move { get; set; } = PriceMove.Percent;
    public bool Clears { get; set; }
    public string Amount { get; set; } = "";
    public PriceEnding Ending { get; set; }
    public string Status { get; set; } = "ACTIVE";
    public string Value { get; set; } = "";

    /// <summary>What people call the value: a category's name.</summary>
    public string ValueName { get; set; } = "";

    public MetafieldKind? Metafield { get; set; }
    public string Add { get; set; } = "";
    public string Remove { get; set; } = "";
    public string Field { get; set; } = "title";
    public string Find { get; set; } = "";
    public string With { get; set; } = "";
    public bool MatchCase { get; set; }
    public long Location { get; set; }
    public bool AddsStock { get; set; }

    /// <summary>Removed products stay in Shopify and are no longer shown here.</summary>
    public bool Keeps { get; set; }

    public string Hours { get; set; } = "24";

    /// <summary>The action, or which text of it cannot be read.</summary>
    public (BulkAction? Action, ActionProblem? Problem) Read()
    {
        switch (Kind)
        {
            case BulkKind.CompareAt when Clears:
                return (new ClearCompareAt(), null);
            case BulkKind.Price or BulkKind.CompareAt:
                return Number(Amount) is { } amount ? (new PriceAction(Kind == BulkKind.CompareAt, Move, amount, Ending), null)
                    : (null, new("amount", Move switch
                    {
                        PriceMove.Set => "Type the new price, such as 24.90.",
                        PriceMove.Add => "Type an amount, such as 5 to raise or -5 to lower.",
                        _ => "Type a percentage, such as 10 to raise or -10 to lower.",
                    }));
            case BulkKind.Stock:
                return Number(Amount) is { } stock && stock == Math.Truncate(stock) && Math.Abs(stock) <= int.MaxValue ? (new SetStock(Location, AddsStock, (long)stock), null)
                    : (null, new("amount", "Type a whole number, such as 12."));
            case BulkKind.Metafield when Metafield is null:
                return (null, new("metafield", "Choose the metafield."));
            case BulkKind.Metafield:
                return !Clears && Value.Length == 0 ? (null, new("value", "Type the value, or take the metafield away."))
                    : (new SetMetafield(Metafield.OwnerKind, Metafield.Namespace, Metafield.Key, Metafield.Type, Clears ? null : Value), null);
            case BulkKind.Collection:
                return long.TryParse(Value, NumberStyles.None, CultureInfo.InvariantCulture, out var collection) ? (new SetMembership(collection, ValueName, Clears), null) : (null, new("collection", "Choose the collection."));
            case BulkKind.OwnCategory when Clears:
                return (new SetOwnCategory(null), null);
            case BulkKind.OwnCategory:
                return long.TryParse(Value, NumberStyles.None, CultureInfo.InvariantCulture, out var own) ? (new SetOwnCategory(own, ValueName), null) : (null, new("category", "Choose the category."));
            case BulkKind.Tags:
                return (new ChangeTags(Tags(Add), Tags(Remove)), null);
            case BulkKind.Replace:
                return (new ReplaceText(Field, Find, With, MatchCase), null);
            case BulkKind.Delete when Keeps:
                return (new DeleteAction(null), null);
            case BulkKind.Delete:
                return int.TryParse(Hours.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var hours) ? (new DeleteAction(hours), null)
                    : (null, new("rollbackHours", "Type a number of hours, such as 24."));
            case BulkKind.Status:
                return (new SetField("status", Status), null);
            default:
                return (new SetField(Kind switch { BulkKind.Vendor => "vendor", BulkKind.Type => "product_type", _ => "category_id" }, Value), null);
        }
    }

    /// <summary>What history shall call it where the action's own words are an id.</summary>
    public string? Title(BulkAction action) => Kind is BulkKind.Category && Value.Length > 0 && ValueName.Length > 0 ? $"{action.Target.Label} set to {ValueName}" : null;

    private static string[] Tags(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>As people type it: a comma or a point before the decimals, either kind of minus.</summary>
    private static decimal? Number(string text) =>
        decimal.TryParse(text.Trim().TrimEnd('%').Trim().Replace('−', '-').Replace(',', '.'), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number : null;
}
