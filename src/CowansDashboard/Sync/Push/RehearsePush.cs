using System.Globalization;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>What would become of a plan's rows if it were sent now.</summary>
public sealed record Rehearsal(int Goes, int TakenBack, int EditedAgain, int InConflict)
{
    public string Sentence
    {
        get
        {
            string[] others =
            [
                .. TakenBack == 0 ? Array.Empty<string>() : [Say($"{TakenBack:#,0} no longer wait")],
                .. EditedAgain == 0 ? Array.Empty<string>() : [Say($"{EditedAgain:#,0} were edited again after they were planned")],
                .. InConflict == 0 ? Array.Empty<string>() : [Say($"{InConflict:#,0} are in conflict")],
            ];
            return $"{Say($"Nothing was sent. As the copy stands now, {Goes:#,0} rows would go")}{(others.Length == 0 ? "." : $"; {string.Join(", ", others)}.")}";
        }
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The dry run: decides for every row of a saved plan as a push would, against the copy, and sends nothing.</summary>
public sealed class RehearsePush(NpgsqlDataSource database)
{
    private const int ProductsAtOnce = 1_000;

    public async Task<Rehearsal> Rehearse(long storeId, long planId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var (goes, back, again, conflicts) = (0, 0, 0, 0);
        foreach (var products in (await Owners(connection, storeId, planId, "nullif(product_id, 0)", cancel)).Chunk(ProductsAtOnce))
        {
            var items = await PushItems.Open(connection, planId, products, cancel);
            var rows = await PushRows.Read(connection, products, items, cancel);
            foreach (var item in items)
            {
                if (PushDecision.Held(item, rows.Product(item.ProductId)?.Removal) is not null)
                {
                    back++;
                    continue;
                }
                Count(PushDecision.Before(item, rows.Row(item.Entity, item.EntityId), rows.InConflict(item.Entity, item.EntityId)));
            }
        }
        foreach (var collections in (await Owners(connection, storeId, planId, "collection_id", cancel)).Chunk(ProductsAtOnce))
        {
            var items = await PushItems.OfCollections(connection, planId, collections, cancel);
            var rows = await CollectionRows.Read(connection, collections, items, cancel);
            foreach (var item in items)
                Count(PushDecision.Before(item, rows.Row(item.Entity, item.EntityId), rows.InConflict(item.Entity, item.EntityId)));
        }
        return new Rehearsal(goes, back, again, conflicts);

        void Count(ItemDecision decision)
        {
            goes += decision.Goes ? 1 : 0;
            back += !decision.Goes && decision.Stay.All(fate => fate.Status == PushStatus.Done || fate.Words == PushDecision.TakenBack) ? 1 : 0;
            again += decision.Stay.Any(fate => fate.Words == PushDecision.EditedAgain) ? 1 : 0;
            conflicts += decision.Stay.Any(fate => fate.Status == PushStatus.Conflict) ? 1 : 0;
        }
    }

    private static async Task<long[]> Owners(NpgsqlConnection connection, long storeId, long planId, string owner, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($$"""
            select coalesce(array_agg(distinct {{owner}} order by {{owner}}), '{}') from push_items
            where plan_id = $1 and store_id = $2 and status in ('waiting', 'sent') and not excluded and {{owner}} is not null
            """, connection);
        command.Parameters.Add(new() { Value = planId });
        command.Parameters.Add(new() { Value = storeId });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }
}
