using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Categories;
using CowansDashboard.Data;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>What a bulk edit does to the team's own categories: which rows it makes of products, and how they are written.</summary>
internal static class OwnCategoryRows
{
    /// <summary>The name of the category, and the one of Shopify's taxonomy that goes with it; null when the shop has no such category.</summary>
    public static async Task<(string Name, string? Taxonomy)?> Find(NpgsqlConnection connection, long storeId, long categoryId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select c.name, ({AssignProducts.EffectiveTaxonomy}) from categories c where c.store_id = $1 and c.id = $2 and c.deleted_at is null", connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = categoryId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (reader.GetString(0), reader.Text(1)) : null;
    }

    /// <summary>The rows of products in their order, and how many products stay as they are.</summary>
    public static async Task<(List<BulkChangeRow> Rows, int Unchanged)> Of(
        NpgsqlConnection connection, long storeId, SetOwnCategory action, string? taxonomy, long[] products, HashSet<long> removed, CancellationToken cancel)
    {
        var (rows, unchanged) = (new List<BulkChangeRow>(), 0);
        foreach (var (product, own, shopifys) in await Lying(connection, storeId, products, cancel))
        {
            var before = rows.Count;
            if (action.Change(own, "") is BulkChange.Changed changed)
                rows.Add(new(product, CatalogueFields.Product, product, TreeInHand.OwnCategory, own, changed.New, removed.Contains(product) ? "It is removed here: restore it first." : null));
            if (taxonomy is not null && taxonomy != shopifys && !removed.Contains(product))
                rows.Add(new(product, CatalogueFields.Product, product, "category_id", shopifys, taxonomy));
            if (rows.Count == before)
                unchanged++;
        }
        return (rows, unchanged);
    }

    /// <summary>
    /// Writes what of the items is about own categories and notes those that somebody changed since, with all else of their products. Their products are held.
    /// </summary>
    public static async Task<long> Write(NpgsqlConnection connection, long changeSet, ChangeSetHead head, IReadOnlyList<BulkItem> items, Dictionary<long, string> skipped, string changed, CancellationToken cancel)
    {
        var own = items.Where(item => item.Edit.Field == TreeInHand.OwnCategory).ToList();
        if (own.Count == 0)
            return changeSet;
        await HoldProducts.Hold(connection, items.Select(item => item.ProductId), cancel);
        var into = SetOwnCategory.IdOf(own[0].Edit.New);
        var category = into is { } id ? await Held(connection, head.StoreId, id, cancel) : null;
        var now = (await Lying(connection, head.StoreId, [.. own.Select(item => item.ProductId)], cancel)).ToDictionary(each => each.Product, each => each.Own);
        foreach (var item in own)
            if (into is not null && category is null)
                Skip(item.ProductId, "The category is not there any more.");
            else if (!now.TryGetValue(item.ProductId, out var lying) || SetOwnCategory.IdOf(lying) != SetOwnCategory.IdOf(item.Edit.Seen))
                Skip(item.ProductId, $"Somebody {changed}");
        List<BulkItem> moved = [.. own.Where(item => !skipped.ContainsKey(item.Id))];
        if (moved.Count == 0)
            return changeSet;
        await AssignProducts.Write(connection, head.StoreId, category, [.. moved.Select(item => item.ProductId)], cancel);
        return await RecordChanges.Record(connection, changeSet, head,
            [.. moved.Select(item => new ChangeRow(CatalogueFields.Product, item.ProductId, item.ProductId, TreeInHand.OwnCategory, now[item.ProductId]?.DeepClone(), AssignProducts.Named(category)))], cancel);

        void Skip(long product, string reason)
        {
            foreach (var item in items.Where(item => item.ProductId == product))
                skipped[item.Id] = reason;
        }
    }

    // Held until this is written, so that nobody deletes it meanwhile.
    private static async Task<Category?> Held(NpgsqlConnection connection, long storeId, long id, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select {Category.Columns} from categories c where c.store_id = $1 and c.id = $2 and c.deleted_at is null for share", connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? Category.Of(reader) : null;
    }

    private static async Task<List<(long Product, JsonNode? Own, string? Shopifys)>> Lying(NpgsqlConnection connection, long storeId, long[] products, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select p.id, c.id, c.name, p.category_id from unnest($2) with ordinality w (id, place) join products p on p.id = w.id and p.store_id = $1 and p.deleted_at is null
            left join product_categories h on h.product_id = p.id left join categories c on c.id = h.category_id and c.deleted_at is null
            order by w.place
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = products });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var lying = new List<(long, JsonNode?, string?)>();
        while (await reader.ReadAsync(cancel))
            lying.Add((reader.GetInt64(0), reader.IsDBNull(1) ? null : new JsonObject { ["name"] = reader.GetString(2), ["id"] = reader.GetInt64(1) }, reader.Text(3)));
        return lying;
    }
}
