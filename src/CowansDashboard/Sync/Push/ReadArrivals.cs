using System.Text.Json.Nodes;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>Reads since when changes of a collection are in Shopify.</summary>
public sealed class ReadArrivals(NpgsqlDataSource database)
{
    // More than a page of changes can have had.
    private const int Most = 400;

    /// <returns>By change set, where all of it arrived as it was saved; what was edited again before it was sent has never arrived.</returns>
    public async Task<IReadOnlyDictionary<long, DateTimeOffset>> Read(long storeId, long collectionId, IReadOnlyList<TimelineEntry> entries, CancellationToken cancel)
    {
        // Of a set that has more lines than were read, nobody knows of the rest.
        List<TimelineEntry> ours = [.. entries.Where(entry => entry.Set.Kind != ChangeSetKind.Remote && entry.Lines.Count > 0 && entry.Fields <= entry.Lines.Count)];
        if (ours.Count == 0)
            return new Dictionary<long, DateTimeOffset>();
        var since = ours.Min(entry => entry.Set.At);
        long[] products = [.. ours.SelectMany(entry => entry.Lines).Where(IsMember).Select(line => line.ProductId).OfType<long>().Distinct()];
        var rows = (await Rows(storeId, collectionId, since, cancel)).ToLookup(row => (row.Entity, row.EntityId));
        var members = products.Length == 0 ? [] : await Members(storeId, collectionId, since, products, cancel);
        var moved = members.ToLookup(member => (member.Product, member.WasPutIn));

        var arrivals = new Dictionary<long, DateTimeOffset>();
        foreach (var entry in ours)
            if (entry.Lines.Select(line => At(line, entry.Set.At)).ToList() is var at && !at.Contains(null))
                arrivals[entry.Set.Id] = at.Max()!.Value;
        return arrivals;

        // Who was put in or taken out goes as one row of the collection.
        DateTimeOffset? At(ChangeLine line, DateTimeOffset saved) => IsMember(line)
            ? moved[(line.ProductId ?? 0, line.Field == "created")].Where(one => one.At >= saved).OrderByDescending(one => one.OfWhole).ThenBy(one => one.At).FirstOrDefault()?.At
            : rows[(line.Entity, line.EntityId)].Where(one => one.At >= saved && one.Brought(line)).Select(one => (DateTimeOffset?)one.At).Min();
    }

    private static bool IsMember(ChangeLine line) => line is { Entity: CatalogueFields.Member, Field: "created" or "removed" };

    private async Task<List<Row>> Rows(long storeId, long collectionId, DateTimeOffset since, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select i.entity, i.entity_id, i.kind, i.fields::text, i.updated_at from push_items i join push_plans p on p.id = i.plan_id
            where i.collection_id = $2 and p.store_id = $1 and i.status = 'done' and not i.excluded and i.entity <> $3 and i.updated_at >= $4
            order by i.id desc limit $5
            """);
        foreach (object value in (object[])[storeId, collectionId, CollectionMembers.Entity, since, Most])
            command.Parameters.Add(new() { Value = value });
        var rows = new List<Row>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            rows.Add(new(reader.GetString(0), reader.GetInt64(1), PushItems.Kind(reader.GetString(2)), (JsonObject)JsonNode.Parse(reader.GetString(3))!, reader.GetFieldValue<DateTimeOffset>(4)));
        return rows;
    }

    // A row of thousands is looked through where it lies. Of one that was refused in part, those have arrived that are in Shopify by now.
    private async Task<List<Member>> Members(long storeId, long collectionId, DateTimeOffset since, long[] products, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            with items as materialized (
                select i.status, i.updated_at, i.fields from push_items i join push_plans p on p.id = i.plan_id
                where i.collection_id = $2 and p.store_id = $1 and i.status in ('done', 'refused') and not i.excluded and i.entity = $3 and i.updated_at >= $4
                order by i.id desc limit $5)
            select m.product, w.way = $7, i.status = 'done', i.updated_at
            from items i cross join (values ($7), ($8)) w (way)
            cross join lateral (select t.id::bigint as product from jsonb_array_elements_text(coalesce(i.fields #> array[w.way, 'new'], '[]')) t (id)) m
            where m.product = any($6) and (i.status = 'done' or case w.way
                when $7 then exists (select from collection_members h where h.collection_id = $2 and h.product_id = m.product and h.mark = 0)
                else not exists (select from collection_members h where h.collection_id = $2 and h.product_id = m.product) end)
            """);
        foreach (object value in (object[])[storeId, collectionId, CollectionMembers.Entity, since, Most, products, CollectionMembers.Added, CollectionMembers.Removed])
            command.Parameters.Add(new() { Value = value });
        var members = new List<Member>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            members.Add(new(reader.GetInt64(0), reader.GetBoolean(1), reader.GetBoolean(2), reader.GetFieldValue<DateTimeOffset>(3)));
        return members;
    }

    private sealed record Row(string Entity, long EntityId, PushKind Kind, JsonObject Fields, DateTimeOffset At)
    {
        public bool Brought(ChangeLine line) => line.Field switch
        {
            "created" => Kind == PushKind.Create,
            "removed" => Kind == PushKind.Remove,
            _ => Kind == PushKind.Update && Fields[line.Field] is JsonObject change && JsonNode.DeepEquals(change["new"], line.New),
        };
    }

    private sealed record Member(long Product, bool WasPutIn, bool OfWhole, DateTimeOffset At);
}
