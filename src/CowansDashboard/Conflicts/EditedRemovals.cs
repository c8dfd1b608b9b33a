using System.Text.Json.Nodes;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Conflicts;

/// <summary>Products that were removed here and edited in Shopify while they could be restored: a person says whether they go.</summary>
internal static class EditedRemovals
{
    /// <summary>
    /// Those of the conflicts whose products were edited in Shopify again since: they name that now, and nothing that nobody
    /// has seen is deleted.
    /// </summary>
    public static async Task<HashSet<long>> EditedAgain(NpgsqlConnection connection, IReadOnlyList<ConflictRow> conflicts, CancellationToken cancel)
    {
        if (conflicts.Count == 0)
            return [];
        var changed = new Dictionary<long, IReadOnlyList<string>>();
        await using (var read = new NpgsqlCommand($"""
            select p.id, r.confirmed::text, ({RemovalWindow.Held})::text from removals r join products p on p.id = r.product_id
            where r.product_id = any($1) and r.closed_at is null and r.confirmed is not null
            """, connection))
        {
            read.Parameters.Add(new() { Value = conflicts.Select(row => row.EntityId).ToArray() });
            await using var reader = await read.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                changed[reader.GetInt64(0)] = RemovalWindow.Changed((JsonObject)JsonNode.Parse(reader.GetString(1))!, (JsonObject)JsonNode.Parse(reader.GetString(2))!);
        }
        var again = conflicts.Where(row => changed.TryGetValue(row.EntityId, out var now) && now.Except(JsonValues.Elements(row.Shopifys)).Any()).ToList();
        await using var name = new NpgsqlCommand("""
            update conflicts c set shopifys = n.shopifys::jsonb, heard_at = now(), revision = c.revision + 1 from unnest($1::bigint[], $2::text[]) n (id, shopifys) where c.id = n.id
            """, connection);
        name.Parameters.Add(new() { Value = again.Select(row => row.Id).ToArray() });
        name.Parameters.Add(new() { Value = again.Select(row => new JsonArray([.. changed[row.EntityId].Select(what => (JsonNode)what)]).ToJsonString()).ToArray() });
        await name.ExecuteNonQueryAsync(cancel);
        return [.. again.Select(row => row.Id)];
    }

    /// <summary>They go as Shopify holds them now; the next purge compares with that.</summary>
    public static async Task DeleteAnyway(NpgsqlConnection connection, long[] products, CancellationToken cancel)
    {
        if (products.Length == 0)
            return;
        await using var command = new NpgsqlCommand($"""
            update removals r set anyway = true, confirmed = ({RemovalWindow.Held}) from products p
            where r.product_id = any($1) and r.closed_at is null and p.id = r.product_id
            """, connection);
        command.Parameters.Add(new() { Value = products });
        await command.ExecuteNonQueryAsync(cancel);
        await Touch(connection, "version = version + 1", products, cancel);
    }

    /// <summary>They are here again, as Shopify holds them.</summary>
    public static async Task Keep(NpgsqlConnection connection, long[] products, CancellationToken cancel)
    {
        if (products.Length == 0)
            return;
        await RemovalWindow.Close(connection, products, "kept", null, cancel);
        await Touch(connection, "removal = null, version = version + 1", products, cancel);
    }

    /// <summary>
    /// Those of the products that were to be deleted and have another status by now than the one that comes before: nothing
    /// would ever delete or show them, so they are kept. Under their locks.
    /// </summary>
    /// <returns>What history notes of it.</returns>
    public static async Task<IReadOnlyList<ChangeRow>> KeepUnarchived(NpgsqlConnection connection, long[] products, CancellationToken cancel)
    {
        if (products.Length == 0)
            return [];
        var kept = new List<ChangeRow>();
        await using (var command = new NpgsqlCommand($"select id, removal from products where id = any($1) and starts_with(removal, 'delete:') and status <> '{Removal.Archived}' and deleted_at is null order by id", connection))
        {
            command.Parameters.Add(new() { Value = products });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                kept.Add(new ChangeRow(CatalogueFields.Product, reader.GetInt64(0), reader.GetInt64(0), Removal.Field, JsonValue.Create(reader.GetString(1)), null));
        }
        await Keep(connection, [.. kept.Select(change => change.EntityId)], cancel);
        return kept;
    }

    private static async Task Touch(NpgsqlConnection connection, string set, long[] products, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"update products set {set}, updated_at = now() where id = any($1)", connection);
        command.Parameters.Add(new() { Value = products });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
