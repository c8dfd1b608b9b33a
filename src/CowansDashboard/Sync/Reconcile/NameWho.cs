using System.Globalization;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Wire;
using CowansDashboard.Stores;
using Npgsql;

namespace CowansDashboard.Sync.Reconcile;

/// <summary>
/// Asks Shopify who made or deleted the products and collections that a comparison found on one side only. Shopify keeps a list of
/// such events for a year; who wrote a field it tells nobody.
/// </summary>
internal sealed class NameWho(NpgsqlDataSource database, ConnectStore stores)
{
    // The newest events first: whoever looks every day finds them on the first page.
    private const int MostPages = 4;

    public async Task Name(long storeId, long runId, CancellationToken cancel)
    {
        foreach (var group in (await Nameless(storeId, runId, cancel)).GroupBy(one => (one.Entity, one.Field)))
        {
            try
            {
                await Name(storeId, runId, group.Key.Entity, group.Key.Field, [.. group.Select(one => one.ShopifyId)], cancel);
            }
            // A name is worth having, and no reason for a comparison to fail.
            catch (Exception away) when (away is ShopifyFaultException or StoreNotConnectedException)
            {
                return;
            }
        }
    }

    private async Task Name(long storeId, long runId, string entity, string field, HashSet<long> left, CancellationToken cancel)
    {
        var admin = await stores.Connect(storeId, cancel);
        var query = $"subject_type:{entity.ToUpperInvariant()} AND action:{(field == "removed" ? "destroy" : "create")}";
        var found = new List<(long Id, string Who, DateTimeOffset At)>();
        string? after = null;
        for (var page = 0; page < MostPages && left.Count > 0; page++)
        {
            var events = (await admin.Send(Queries.EventsPage(query, after), Lane.Background, cancel)).Data.Events;
            foreach (var one in events.Nodes)
                if (Subject(one) is { } id && Who(one) is { } who && left.Remove(id))
                    found.Add((id, who, one.CreatedAt));
            if (!events.PageInfo.HasNextPage)
                break;
            after = events.PageInfo.EndCursor;
        }
        if (found.Count == 0)
            return;
        await using var command = database.CreateCommand($"""
            update drift d set made_by = f.who, since = coalesce(d.since, f.at)
            from unnest($5::bigint[], $6::text[], $7::timestamptz[]) f (id, who, at)
            where d.store_id = $1 and d.run_id = $2 and d.entity = $3 and d.field = $4 and d.made_by is null and d.{Column(entity)} = f.id
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = runId });
        command.Parameters.Add(new() { Value = entity });
        command.Parameters.Add(new() { Value = field });
        command.Parameters.Add(new() { Value = found.Select(one => one.Id).ToArray() });
        command.Parameters.Add(new() { Value = found.Select(one => one.Who).ToArray() });
        command.Parameters.Add(new() { Value = found.Select(one => one.At.UtcDateTime).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>An app by its title, a person by the name that Shopify shows.</summary>
    internal static string? Who(EventNode one) =>
        one is { AttributeToApp: true, AppTitle.Length: > 0 } ? $"{one.AppTitle} (app)"
        : one.Author is { Length: > 0 } person ? person
        : one.AppTitle is { Length: > 0 } app ? $"{app} (app)" : null;

    private static long? Subject(EventNode one) =>
        one.SubjectId?.Split('/')[^1] is { } number && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    private static string Column(string entity) => entity == "collection" ? "collection_shopify_id" : "product_shopify_id";

    private async Task<List<(string Entity, string Field, long ShopifyId)>> Nameless(long storeId, long runId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select entity, field, case entity when 'collection' then collection_shopify_id else product_shopify_id end
            from drift where store_id = $1 and run_id = $2 and entity in ('product', 'collection') and field in ('added', 'removed') and made_by is null
                and case entity when 'collection' then collection_shopify_id else product_shopify_id end is not null
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = runId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<(string, string, long)>();
        while (await reader.ReadAsync(cancel))
            rows.Add((reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
        return rows;
    }
}
