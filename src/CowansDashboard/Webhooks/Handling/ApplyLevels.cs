using CowansDashboard.History;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Webhooks.Handling;

/// <summary>
/// Stock. An event that is certainly newer than what the copy knows is taken as it stands, without asking Shopify, and its item is
/// read once more a moment later, since an event tells one quantity of eight. What is in doubt is read at once.
/// </summary>
internal sealed class ApplyLevels(HandlingScope scope)
{
    private const int ToldAtOnce = 50;

    public async Task Apply(IReadOnlyCollection<ClaimedDelivery> deliveries, Func<IEnumerable<ClaimedDelivery>, Exception, Task> failed, CancellationToken cancel)
    {
        var byItem = deliveries.GroupBy(one => one.Meaning.EntityId!.Value).ToDictionary(group => group.Key, group => group.ToList());
        var doubtful = byItem.Where(one => one.Value.Any(delivery => delivery.Meaning.Action != DeliveryAction.Level)).Select(one => one.Key).ToHashSet();
        foreach (var chunk in byItem.Keys.Where(item => !doubtful.Contains(item)).Order().Chunk(ToldAtOnce))
            doubtful.UnionWith(await Repeat(() => Told(chunk, byItem, cancel)));
        await Read(doubtful.ToDictionary(item => item, item => byItem[item]), failed, cancel);
    }

    /// <summary>Reads the stock of items at all locations.</summary>
    public Task Read(IReadOnlyDictionary<long, List<ClaimedDelivery>> items, Func<IEnumerable<ClaimedDelivery>, Exception, Task> failed, CancellationToken cancel) =>
        PacedWorkers.For(scope.Admin).Run(items.Keys.Order().Chunk(ReadLevels.AtOnce), async (chunk, stop) =>
        {
            try
            {
                await Repeat(async () =>
                {
                    // Stock at a location that is not known yet is not lost: the locations are read, then the stock again.
                    if (await Whole(chunk, items, isLast: false, stop))
                    {
                        await new ApplyLocations(scope).Apply([], stop);
                        await Whole(chunk, items, isLast: true, stop);
                    }
                    return true;
                });
            }
            catch (Exception error) when (error is PostgresException or InvalidOperationException or FormatException)
            {
                await failed(chunk.SelectMany(item => items[item]), error);
            }
        }, null, cancel);

    /// <summary>Takes what events tell; answers the items that must be read instead.</summary>
    private async Task<List<long>> Told(long[] items, Dictionary<long, List<ClaimedDelivery>> deliveries, CancellationToken cancel)
    {
        var doubtful = new List<long>();
        await scope.Write(async connection =>
        {
            doubtful.Clear();
            var merge = new MergeLevels(scope.StoreId, null);
            await merge.Hold(connection, items, cancel);
            var known = await KnownLevels.Read(connection, scope.StoreId, items, cancel);
            var told = new LevelsRead(await Ticket(connection, cancel));
            foreach (var item in items)
                if (Newest(deliveries[item], known, scope.Admin.Clock.GetUtcNow()) is { } levels)
                    told.Items[item] = [.. levels.Select(known.After)];
                else
                    doubtful.Add(item);
            if (told.Items.Count == 0)
                return ([], false);
            var merged = await merge.Part(connection, told, cancel);
            await scope.Notes.Note(connection, scope.StoreId, RereadNotes.Item, told.Items.Keys, cancel);
            return (await Settled(connection, told.Items.Keys, deliveries, merged, cancel), merged.Changed.Count > 0);
        }, cancel);
        return doubtful;
    }

    // Of several events about one place the newest counts; two of the same second say nothing about which came last.
    private static List<HeardLevel>? Newest(List<ClaimedDelivery> deliveries, KnownLevels known, DateTimeOffset now)
    {
        var levels = new List<HeardLevel>();
        foreach (var place in deliveries.GroupBy(one => one.Meaning.Level!.Location))
        {
            var heard = place.MaxBy(one => one.Meaning.Level!.UpdatedAt ?? DateTimeOffset.MinValue)!.Meaning.Level!;
            if (!LevelDecision.IsData(heard, now, known.At(heard), known.DataAsOf)
                || place.Any(one => one.Meaning.Level is var other && other!.UpdatedAt == heard.UpdatedAt && other.Available != heard.Available))
                return null;
            levels.Add(heard);
        }
        return levels;
    }

    /// <summary>True when some of the stock stands at a location that the copy does not hold.</summary>
    private async Task<bool> Whole(long[] items, IReadOnlyDictionary<long, List<ClaimedDelivery>> deliveries, bool isLast, CancellationToken cancel)
    {
        var read = await new ReadLevels(scope.Admin, scope.Database).Read(items, cancel);
        var isIncomplete = false;
        await scope.Write(async connection =>
        {
            var merged = await new MergeLevels(scope.StoreId, null).Whole(connection, read, cancel);
            isIncomplete = merged.Orphaned.Count > 0;
            var settled = await Settled(connection, isLast ? items : items.Except(merged.Orphaned), deliveries, merged, cancel);
            return (settled, merged.Changed.Count > 0);
        }, cancel);
        return isIncomplete;
    }

    private static async Task<List<SettledDelivery>> Settled(
        NpgsqlConnection connection, IEnumerable<long> items, IReadOnlyDictionary<long, List<ClaimedDelivery>> deliveries, LevelsMerged merged, CancellationToken cancel)
    {
        var changeSet = await OpenRemoteChangeSet.Opened(connection, cancel);
        var changed = merged.Counts.Conflicts > 0 ? DeliveryOutcome.Conflict : DeliveryOutcome.Changed;
        return
        [
            .. from item in items
               from delivery in deliveries[item]
               where !delivery.IsSettled
               let isChanged = merged.Changed.Contains(item)
               select new SettledDelivery(delivery, isChanged ? changed : DeliveryOutcome.Unchanged, isChanged ? changeSet : null),
        ];
    }

    private static async Task<T> Repeat<T>(Func<Task<T>> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (Exception clash) when (attempt < HandlingScope.MostAttempts && HandlingScope.IsClash(clash))
            {
                // Somebody else wrote the same stock at this moment.
            }
        }
    }

    private static async Task<long> Ticket(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select nextval('tickets')", connection);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
