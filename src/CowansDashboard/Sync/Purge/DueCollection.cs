using System.Text.Json.Nodes;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Sync.Purge;

/// <summary>A collection whose window is over, as it is now.</summary>
/// <param name="Id">Of its removal.</param>
/// <param name="CollectionId">Ours.</param>
/// <param name="ShopifyId">Shopify's.</param>
/// <param name="Title">As it is here.</param>
/// <param name="Confirmed">What Shopify held when the window began, or when a person wanted it deleted all the same.</param>
/// <param name="Held">What it holds now.</param>
/// <param name="WasSent">Shopify was told to delete it, or was about to be.</param>
internal sealed record DueCollection(long Id, long CollectionId, long ShopifyId, string Title, JsonObject Confirmed, JsonObject Held, bool WasSent)
{
    /// <summary>Removals r whose time has come by PostgreSQL's clock; what Shopify refused to delete is tried again after an hour.</summary>
    public const string IsDue = "r.closed_at is null and r.ends_at <= now() and r.confirmed is not null and r.changed is null and (r.problem is null or r.tried_at < now() - interval '1 hour')";

    /// <summary>What keeps it from being deleted, in words; nothing where it is as it was left. Pure.</summary>
    public IReadOnlyList<string> WhyNot() => CollectionWindow.Changed(Confirmed, Held);

    /// <summary>Our ids of what is due, the longest waiting first.</summary>
    public static async Task<long[]> All(NpgsqlDataSource database, long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"select coalesce(array_agg(c.id order by r.id), '{"{}"}') from {CollectionWindow.Removed} where r.store_id = $1 and {IsDue}");
        command.Parameters.Add(new() { Value = storeId });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>The collection, while it still is due. Under its lock.</summary>
    public static async Task<DueCollection?> Find(NpgsqlConnection connection, long collection, CancellationToken cancel)
    {
        if (!(await CollectionWindow.Held(connection, [collection], cancel)).TryGetValue(collection, out var held))
            return null;
        await using var command = new NpgsqlCommand($"select r.id, c.shopify_id, c.title, r.confirmed::text, r.purge_sent_at is not null from {CollectionWindow.Removed} where c.id = $1 and {IsDue}", connection);
        command.Parameters.Add(new() { Value = collection });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new DueCollection(reader.GetInt64(0), collection, reader.GetInt64(1), reader.GetString(2),
                (JsonObject)JsonNode.Parse(reader.GetString(3))!, held, reader.GetBoolean(4))
            : null;
    }
}
