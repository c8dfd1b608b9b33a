using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.Data;
using CowansDashboard.History;
using CowansDashboard.Runs;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Catalog.Categories;

/// <summary>How many products lie in another category now, and how many of them are given the category of Shopify's taxonomy that goes with it.</summary>
public sealed record Assigned(long ChangeSetId, int Products, int Mapped, bool CategoryIsGone = false);

/// <summary>
/// Puts products into a category, or into none. A product lies in one. Where the category, or one above it, is mapped to Shopify's
/// taxonomy, its products are given that as their category, which waits for a push like any other edit.
/// </summary>
public sealed class AssignProducts(NpgsqlDataSource database, SaveChangeSet saving)
{
    public async Task<Assigned> Assign(long storeId, long? categoryId, IReadOnlyCollection<long> productIds, AskedBy by, CancellationToken cancel)
    {
        if (await Find(storeId, categoryId, cancel) is not { } found)
            return new Assigned(0, 0, 0, CategoryIsGone: true);
        var what = productIds.Count == 1 ? "1 product" : string.Create(CultureInfo.InvariantCulture, $"{productIds.Count:N0} products");
        var head = new ChangeSetHead(storeId, ChangeSetKind.Category, found.Category is { } into ? $"{what} into {into.Name}" : $"{what} into no category", null, by.Id, by.Name);
        var assigned = new Assigned(0, 0, 0);
        foreach (var batch in productIds.Distinct().Order().Chunk(SaveChangeSet.ProductsAtOnce))
        {
            var (products, mapped) = (0, 0);
            var outcome = await saving.Committed(async connection =>
            {
                var (saved, lying, given) = await Batch(connection, assigned.ChangeSetId, head, found.Category, batch, cancel);
                (products, mapped) = (lying, given);
                return saved;
            }, cancel);
            if (outcome is not SaveOutcome.Saved { ChangeSetId: var id })
                return assigned with { CategoryIsGone = true };
            assigned = new Assigned(Math.Max(assigned.ChangeSetId, id), assigned.Products + products, assigned.Mapped + mapped);
        }
        return assigned;
    }

    private async Task<(Category? Category, bool)?> Find(long storeId, long? categoryId, CancellationToken cancel)
    {
        if (categoryId is not { } id)
            return (null, true);
        await using var command = database.CreateCommand($"select {Category.Columns} from categories c where c.store_id = $1 and c.id = $2 and c.deleted_at is null");
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (Category.Of(reader), true) : null;
    }

    private static async Task<(SaveOutcome Saved, int Products, int Mapped)> Batch(
        NpgsqlConnection connection, long changeSetId, ChangeSetHead head, Category? category, long[] ids, CancellationToken cancel)
    {
        // Products before the category, as an undo does.
        await HoldProducts.Hold(connection, ids, cancel);
        string? taxonomy = null;
        if (category is not null)
        {
            // Held until this is written, so that nobody deletes it meanwhile.
            await using var hold = new NpgsqlCommand($"select ({EffectiveTaxonomy}) from categories c where c.id = $1 and c.deleted_at is null for share of c", connection);
            hold.Parameters.Add(new() { Value = category.Id });
            await using var reader = await hold.ExecuteReaderAsync(cancel);
            if (!await reader.ReadAsync(cancel))
                return (new SaveOutcome.Refused([]), 0, 0);
            taxonomy = reader.IsDBNull(0) ? null : reader.GetString(0);
        }
        var lying = await Lying(connection, head.StoreId, ids, cancel);
        var moved = lying.Where(each => each.OwnId != category?.Id).ToList();
        await Write(connection, head.StoreId, category, [.. moved.Select(each => each.ProductId)], cancel);
        var rows = moved.Select(each => new ChangeRow(CatalogueFields.Product, each.ProductId, each.ProductId, TreeInHand.OwnCategory, Named(each.OwnId, each.OwnName), Named(category))).ToList();
        var set = rows.Count == 0 ? changeSetId : await RecordChanges.Record(connection, changeSetId, head, rows, cancel);
        var edits = taxonomy is null ? [] : lying.Where(each => each.Taxonomy != taxonomy)
            .Select(each => new FieldEdit(CatalogueFields.Product, each.ProductId, "category_id", each.Taxonomy, taxonomy)).ToList();
        if (edits.Count == 0)
            return (new SaveOutcome.Saved(set, moved.Count, rows.Count), moved.Count, 0);
        return await SaveWithin.Save(connection, set, head, new WantedChanges { Fields = edits }, StaleMeans.Skip, cancel) is SaveOutcome.Saved saved
            ? (saved with { ChangeSetId = Math.Max(set, saved.ChangeSetId) }, moved.Count, saved.Entities)
            : (new SaveOutcome.Refused([]), 0, 0);
    }

    private static async Task<List<(long ProductId, long? OwnId, string? OwnName, string? Taxonomy)>> Lying(NpgsqlConnection connection, long storeId, long[] ids, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select p.id, c.id, c.name, p.category_id from products p
            left join product_categories h on h.product_id = p.id left join categories c on c.id = h.category_id and c.deleted_at is null
            where p.store_id = $1 and p.id = any($2) and p.deleted_at is null order by p.id
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var lying = new List<(long, long?, string?, string?)>();
        while (await reader.ReadAsync(cancel))
            lying.Add((reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3)));
        return lying;
    }

    internal static async Task Write(NpgsqlConnection connection, long storeId, Category? category, long[] productIds, CancellationToken cancel)
    {
        if (productIds.Length == 0)
            return;
        await using var command = new NpgsqlCommand(category is null
            ? "delete from product_categories where store_id = $1 and product_id = any($2) and $3::bigint is null"
            : """
              insert into product_categories (product_id, store_id, category_id) select id, $1, $3 from unnest($2) id
              on conflict (product_id) do update set category_id = excluded.category_id, assigned_at = now()
              """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = productIds });
        command.Parameters.Add(new() { Value = (object?)category?.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>SQL for the category of Shopify's taxonomy that counts for a category c: its own, or that of the nearest one above.</summary>
    internal const string EffectiveTaxonomy = """
        select a.taxonomy_id from categories a
        where a.id = any (string_to_array(trim(both '/' from c.path), '/')::bigint[]) and a.taxonomy_id is not null
        order by length(a.path) desc limit 1
        """;

    internal static JsonNode? Named(Category? category) => Named(category?.Id, category?.Name);

    private static JsonObject? Named(long? id, string? name) => id is null ? null : new JsonObject { ["name"] = name, ["id"] = id };
}
