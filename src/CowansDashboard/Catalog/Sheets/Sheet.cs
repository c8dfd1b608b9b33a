using System.Text.Json.Nodes;
using CowansDashboard.History;

namespace CowansDashboard.Catalog.Sheets;

/// <summary>
/// A spreadsheet over chosen products: which rows it has was decided when it was opened, so that paging, a pull or a
/// reload never moves a row under the hand of the person.
/// </summary>
/// <param name="Products">In the order of the list.</param>
/// <param name="Variants">Of these products, in their order; none where there are too many.</param>
/// <param name="VariantCount">How many there are, also where that is too many.</param>
public sealed record Sheet(Guid Id, IReadOnlyList<long> Products, IReadOnlyList<long> Variants, int VariantCount)
{
    public const int MostRows = 10_000;

    /// <summary>The columns that the person chose, by what the rows are; not named means the usual ones.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Columns { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public bool HasTooManyVariants => VariantCount > Variants.Count;

    public IReadOnlyList<long> Rows(string entity) => entity == CatalogueFields.Variant ? Variants : Products;

    public Sheet With(string entity, IReadOnlyList<string> columns) =>
        this with { Columns = new Dictionary<string, IReadOnlyList<string>>(Columns) { [entity] = columns } };

    /// <summary>Where the rows are kept.</summary>
    public static DraftPlace RowsOf(long account, long store, Guid id) => new(account, store, $"{RowsPrefix}{id}");

    /// <summary>Where the unsaved cells are kept.</summary>
    public static DraftPlace CellsOf(long account, long store, Guid id) => new(account, store, $"{CellsPrefix}{id}");

    public const string CellsPrefix = "spreadsheet:";

    internal const string RowsPrefix = "spreadsheet-rows:";

    internal JsonObject Written() => new()
    {
        ["products"] = new JsonArray([.. Products.Select(id => (JsonNode)id)]),
        ["variants"] = new JsonArray([.. Variants.Select(id => (JsonNode)id)]),
        ["variantCount"] = VariantCount,
        ["columns"] = new JsonObject(Columns.Select(each => KeyValuePair.Create(each.Key, (JsonNode?)new JsonArray([.. each.Value.Select(key => (JsonNode)key)])))),
    };

    internal static Sheet Read(Guid id, JsonNode kept) => new(id, Ids(kept["products"]), Ids(kept["variants"]), (int)kept["variantCount"]!)
    {
        Columns = kept["columns"] is JsonObject columns ? columns.ToDictionary(each => each.Key, each => (IReadOnlyList<string>)[.. JsonValues.Elements(each.Value)]) : new(),
    };

    private static long[] Ids(JsonNode? ids) => [.. ids!.AsArray().Select(id => (long)id!)];
}
