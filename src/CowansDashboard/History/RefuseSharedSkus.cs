using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>
/// Refuses a SKU that somebody gives to a variant here while another variant of the shop has it. What Shopify holds
/// twice stays as it is, and what a variant held itself may return.
/// </summary>
internal static class RefuseSharedSkus
{
    private static readonly HashSet<string> Kinds = [ChangeSetKind.Edit, ChangeSetKind.Bulk, ChangeSetKind.Import, ChangeSetKind.Create];

    /// <summary>The edits and new rows that would share a SKU; the products of the save are held.</summary>
    public static async Task<IReadOnlyList<EditProblem>> Find(NpgsqlConnection connection, ChangeSetHead head, WantedChanges wanted, CancellationToken cancel)
    {
        if ((!wanted.NeedsFreeSkus && !Kinds.Contains(head.Kind)) || !Given(wanted).Any(one => one.Sku.Length > 0))
            return [];
        // Two saves that give one SKU to two variants at the same moment: the second sees what the first has written.
        await using (var turn = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('sku of ' || $1, 0))", connection))
        {
            turn.Parameters.Add(new() { Value = head.StoreId });
            await turn.ExecuteNonQueryAsync(cancel);
        }
        return await Look(connection, head.StoreId, wanted, cancel);
    }

    /// <summary>The same as things stand, with nothing held.</summary>
    public static async Task<IReadOnlyList<EditProblem>> Look(NpgsqlConnection connection, long storeId, WantedChanges wanted, CancellationToken cancel)
    {
        var given = Given(wanted);
        var fresh = await NotTheirOwn(connection, [.. given.Where(one => one.Sku.Length > 0)], cancel);
        // A SKU comes free only where its variant really gives it away: not by an edit that is stale, nor by one that is refused here.
        var leaving = await Leaving(connection, wanted, cancel);
        for (var refused = 0; ;)
        {
            var holders = await Holders(connection, storeId, [.. fresh.Select(one => one.Sku).Distinct()], [.. leaving],
                [.. wanted.Removed.Where(row => row.Entity == CatalogueFields.Product).Select(row => row.EntityId)], cancel);
            var problems = Problems(given, fresh, holders);
            leaving.ExceptWith(problems.Select(problem => problem.EntityId));
            if (problems.Count == refused)
                return problems;
            refused = problems.Count;
        }
    }

    private static List<(long Id, string Sku)> Given(WantedChanges wanted) =>
    [
        .. wanted.Fields.Where(edit => edit is { Entity: CatalogueFields.Variant, Field: "sku" }).Select(edit => (edit.EntityId, Text(edit.New))),
        .. wanted.Added.Where(row => row.Entity == CatalogueFields.Variant && !wanted.Fields.Any(edit => edit.Entity == row.Entity && edit.EntityId == row.Key && edit.Field == "sku")).Select(row => (row.Key, Text(row.Values["sku"]))),
    ];

    private static List<EditProblem> Problems(List<(long Id, string Sku)> given, List<(long Id, string Sku)> fresh, Dictionary<string, List<(long Id, string Name)>> holders)
    {
        var problems = new List<EditProblem>();
        var taken = given.Except(fresh).Select(one => one.Sku).ToHashSet();
        foreach (var (id, sku) in fresh)
            if (holders.GetValueOrDefault(sku)?.Find(holder => holder.Id != id) is { Name: not null } other)
                problems.Add(Problem(id, sku, $"“{sku}” is the SKU of {other.Name} already, and a SKU names one variant. Type another."));
            else if (!taken.Add(sku))
                problems.Add(Problem(id, sku, $"“{sku}” is given to another variant at the same time, and a SKU names one variant. Type another."));
        return problems;
    }

    /// <summary>Variants that this save takes away, or gives another SKU than the one that the person saw and that they still have.</summary>
    private static async Task<HashSet<long>> Leaving(NpgsqlConnection connection, WantedChanges wanted, CancellationToken cancel)
    {
        FieldEdit[] edits = [.. wanted.Fields.Where(edit => edit is { Entity: CatalogueFields.Variant, Field: "sku", EntityId: > 0 } && Text(edit.Seen) != Text(edit.New))];
        await using var command = new NpgsqlCommand("select e.id from unnest($1::bigint[], $2::text[]) e (id, seen) join variants v on v.id = e.id where coalesce(v.sku, '') = e.seen", connection);
        command.Parameters.Add(new() { Value = edits.Select(edit => edit.EntityId).ToArray() });
        command.Parameters.Add(new() { Value = edits.Select(edit => Text(edit.Seen)).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var leaving = wanted.Removed.Where(row => row.Entity == CatalogueFields.Variant).Select(row => row.EntityId).ToHashSet();
        while (await reader.ReadAsync(cancel))
            leaving.Add(reader.GetInt64(0));
        return leaving;
    }

    private static EditProblem Problem(long id, string sku, string sentence) => new(CatalogueFields.Variant, id, "sku", sku, sentence);

    private static string Text(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var sku) ? sku.Trim() : "";

    /// <summary>Without those that have the SKU now, or had it when both sides last agreed.</summary>
    private static async Task<List<(long Id, string Sku)>> NotTheirOwn(NpgsqlConnection connection, List<(long Id, string Sku)> given, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select g.place from unnest($1::bigint[], $2::text[]) with ordinality g (id, sku, place)
            where not exists (select from variants v where v.id = g.id and (v.sku = g.sku or v.pending ->> 'sku' = g.sku)) order by g.place
            """, connection);
        command.Parameters.Add(new() { Value = given.Select(one => one.Id).ToArray() });
        command.Parameters.Add(new() { Value = given.Select(one => one.Sku).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var others = new List<(long, string)>();
        while (await reader.ReadAsync(cancel))
            others.Add(given[(int)reader.GetInt64(0) - 1]);
        return others;
    }

    private static async Task<Dictionary<string, List<(long Id, string Name)>>> Holders(NpgsqlConnection connection, long storeId, string[] skus, long[] withoutVariants, long[] withoutProducts, CancellationToken cancel)
    {
        // Two are enough: the variant itself, and another.
        await using var command = new NpgsqlCommand("""
            select s.sku, h.id, h.name from unnest($2::text[]) s (sku) cross join lateral (
                select v.id, p.title || case when v.title in ('', 'Default Title') then '' else ', ' || v.title end as name
                from variants v join products p on p.id = v.product_id and p.deleted_at is null
                where v.store_id = $1 and v.sku = s.sku and v.deleted_at is null and v.mark <> 2 and v.id <> all($3) and v.product_id <> all($4)
                order by v.id limit 2) h
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = skus });
        command.Parameters.Add(new() { Value = withoutVariants });
        command.Parameters.Add(new() { Value = withoutProducts });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var holders = new Dictionary<string, List<(long, string)>>();
        while (await reader.ReadAsync(cancel))
        {
            if (!holders.TryGetValue(reader.GetString(0), out var named))
                holders[reader.GetString(0)] = named = [];
            named.Add((reader.GetInt64(1), reader.GetString(2)));
        }
        return holders;
    }
}
