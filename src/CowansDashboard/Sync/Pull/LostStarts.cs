using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Bulk;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Stores;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Bulk queries of cancelled pulls that Shopify has started and nobody has written down, because the pull ended between its question
/// and Shopify's answer. They are known by their text, and stopped, since they hold places that the next pull needs.
/// </summary>
public sealed class LostStarts(NpgsqlDataSource database, ConnectStore stores)
{
    // A question that was on its way when the pull ended has arrived by then.
    private const string Arrived = "r.finished_at < now() - interval '1 minute'";

    public async Task Stop(CancellationToken cancel)
    {
        foreach (var slice in await Doubtful(cancel))
        {
            try
            {
                await Stop(slice, cancel);
                if (slice.HasArrived)
                    await Settle(slice, cancel);
            }
            catch (ShopifyFaultException fault) when (fault.Fault.CanRetry)
            {
                // Looked at again soon.
            }
            catch (Exception error) when (error is ShopifyFaultException or StoreNotConnectedException)
            {
                // Nobody can ask about it any more; it ends by itself.
                await Settle(slice, cancel);
            }
        }
    }

    private async Task Stop(DoubtfulSlice slice, CancellationToken cancel)
    {
        var bulk = new BulkQueryRunner(await stores.Connect(slice.StoreId, cancel));
        // First what runs, then whose it is: what another pull has started by then is written down or still in question.
        var running = await bulk.Unfinished(slice.Query, cancel);
        if (running.Count == 0 || await IsInQuestion(slice, cancel))
            return;
        foreach (var operation in running)
            if (!await IsKnown(operation, cancel))
                await bulk.Cancel(operation, cancel);
    }

    private async Task<List<DoubtfulSlice>> Doubtful(CancellationToken cancel)
    {
        await using var find = database.CreateCommand($"""
            select s.id, s.store_id, s.kind, s.file_key, s.range_by, s.range_from, s.range_to, {Arrived}
            from pull_slices s join runs r on r.id = s.run_id
            where r.status = 'cancelled' and s.status = 'waiting' and s.operation_id is null and s.ticket > 0
            """);
        await using var reader = await find.ExecuteReaderAsync(cancel);
        var slices = new List<DoubtfulSlice>();
        while (await reader.ReadAsync(cancel))
        {
            var slice = new PullSlice
            {
                Id = reader.GetInt64(0),
                Kind = reader.GetString(2),
                FileKey = reader.GetGuid(3),
                RangeBy = reader.IsDBNull(4) ? null : reader.GetString(4),
                From = reader.IsDBNull(5) ? null : reader.GetInt64(5),
                To = reader.IsDBNull(6) ? null : reader.GetInt64(6),
            };
            slices.Add(new(slice.Id, reader.GetInt64(1), slice.Kind, PullKind.Of(slice.Kind).Query(slice.Filter()), reader.GetBoolean(7)));
        }
        return slices;
    }

    private async Task<bool> IsInQuestion(DoubtfulSlice slice, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select exists (
                select from pull_slices s join runs r on r.id = s.run_id
                where s.store_id = $1 and s.kind = $2 and s.status = 'waiting' and s.ticket > 0
                    and r.status not in ('succeeded', 'failed', 'cancelled'))
            """);
        command.Parameters.Add(new() { Value = slice.StoreId });
        command.Parameters.Add(new() { Value = slice.Kind });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    private async Task<bool> IsKnown(ShopifyId operation, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select exists (select from pull_slices where operation_id = $1)");
        command.Parameters.Add(new() { Value = operation.ToString() });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    private async Task Settle(DoubtfulSlice slice, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            update pull_slices s set ticket = 0 from runs r
            where s.id = $1 and s.status = 'waiting' and s.operation_id is null and r.id = s.run_id and r.status = 'cancelled'
            """);
        command.Parameters.Add(new() { Value = slice.Id });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private sealed record DoubtfulSlice(long Id, long StoreId, string Kind, BulkQuery Query, bool HasArrived);
}
