using System.Text.Json.Nodes;
using CowansDashboard.Data;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Collections;

/// <summary>Lets a removed collection go although it was changed in Shopify within its window: as Shopify holds it now, the next purge deletes it.</summary>
public sealed class DeleteCollectionAnyway(NpgsqlDataSource database)
{
    /// <param name="storeId">Whose.</param>
    /// <param name="collectionId">Ours.</param>
    /// <param name="seen">What the person saw of what was changed.</param>
    /// <param name="byName">Who wants it.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>False when nothing is to be decided any more, or something else was changed since: then that is shown now.</returns>
    public async Task<bool> Delete(long storeId, long collectionId, IReadOnlyList<string> seen, string byName, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await HoldCollections.Hold(connection, [collectionId], cancel);
        if (await Confirmed(connection, storeId, collectionId, cancel) is not { } confirmed)
            return false;
        var held = (await CollectionWindow.Held(connection, [collectionId], cancel))[collectionId];
        var now = CollectionWindow.Changed(confirmed, held);
        var isNews = now.Except(seen).Any();
        await using var command = new NpgsqlCommand(isNews
            ? "update collection_removals set changed = $2 where collection_id = $1 and closed_at is null"
            : "update collection_removals set changed = null, confirmed = $2::jsonb, anyway_by = $3, anyway_at = now() where collection_id = $1 and closed_at is null", connection);
        command.Parameters.Add(new() { Value = collectionId });
        command.Parameters.Add(new() { Value = isNews ? (object)now.ToArray() : held.ToJsonString() });
        if (!isNews)
            command.Parameters.Add(new() { Value = byName });
        await command.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        return !isNews;
    }

    private static async Task<JsonObject?> Confirmed(NpgsqlConnection connection, long storeId, long collection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select r.confirmed::text from {CollectionWindow.Removed}
            where r.store_id = $1 and c.id = $2 and r.closed_at is null and r.changed is not null and r.confirmed is not null and r.purge_sent_at is null
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = collection });
        return await command.ExecuteScalarAsync(cancel) is string text ? (JsonObject)JsonNode.Parse(text)! : null;
    }
}
