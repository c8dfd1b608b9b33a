using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Catalog;

/// <summary>What changes of a product's structure come to: the variants that come, go and are renamed; or what stands in the way.</summary>
public sealed record StructurePreview(IReadOnlyList<string> Coming, IReadOnlyList<string> Going, IReadOnlyList<(string Was, string Becomes)> Renamed, IReadOnlyList<string> Problems);

/// <summary>Works out what a change of options and variants would do. Writes nothing.</summary>
public sealed class PreviewStructure(NpgsqlDataSource database)
{
    /// <returns>Null when the store has no such product.</returns>
    public async Task<StructurePreview?> Preview(long storeId, long productId, IReadOnlyList<StructureChange> changes, CancellationToken cancel)
    {
        if (await ProductShape.Read(database, storeId, productId, [], cancel) is not { } shape)
            return null;
        var (wanted, problems) = new PlanStructure(shape).Plan(changes);
        var titles = shape.Living("variant").ToDictionary(ProductShape.IdOf, row => (string)row["title"]!);
        return new StructurePreview(
            [.. wanted.Added.Where(row => row.Entity == CatalogueFields.Variant).Select(row => (string)row.Values["title"]!)],
            [.. wanted.Removed.Where(row => row.Entity == CatalogueFields.Variant).Select(row => titles[row.EntityId])],
            [.. wanted.Fields.Where(edit => edit is { Entity: CatalogueFields.Variant, Field: "title", EntityId: > 0 }).Select(edit => (titles[edit.EntityId], (string)edit.New!))],
            [.. problems.Select(problem => problem.Sentence).Distinct()]);
    }
}
