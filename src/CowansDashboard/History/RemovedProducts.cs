using Npgsql;

namespace CowansDashboard.History;

/// <summary>What a save must know of products that are removed here, and notes of those that it removes or restores.</summary>
internal static class RemovedProducts
{
    /// <summary>
    /// A product that Shopify does not know goes at once, and one that is removed takes no edit but its return. Schedules
    /// begin and end in it all the same, but for its status: restored, it has what it would have without that. Under the lock
    /// of the products.
    /// </summary>
    public static async Task<(WantedChanges Wanted, IReadOnlyList<EditProblem> Problems)> Route(
        NpgsqlConnection connection, ChangeSetHead head, WantedChanges wanted, IReadOnlyDictionary<RowRef, long> productOf, CancellationToken cancel)
    {
        wanted = await HereOnly(connection, wanted, cancel);
        var removed = await Removed(connection, [.. productOf.Values.Distinct()], cancel);
        if (removed.Count == 0)
            return (wanted, []);
        var restored = wanted.Fields.Where(edit => IsRemoval(edit) && edit.New is null).Select(edit => edit.EntityId).ToHashSet();
        RemovedProduct? Of(RowRef row) => productOf.TryGetValue(row, out var product) ? removed.GetValueOrDefault(product) : null;
        string? WhyNot(RowRef row) => Of(row) switch
        {
            null => null,
            { IsGoing: true, Title: var title } => $"Shopify is deleting “{title}” at this moment; it cannot be restored any more.",
            var one => restored.Contains(one.Id) ? null : $"“{one.Title}” is removed. Restore it first.",
        };
        string? WhyNotEdited(FieldEdit edit) =>
            Of(new(edit.Entity, edit.EntityId)) is { IsGoing: true } || head.Kind != ChangeSetKind.Schedule || edit.Field == "status" ? WhyNot(new(edit.Entity, edit.EntityId)) : null;

        var problems = new List<EditProblem>();
        problems.AddRange(wanted.Fields.Where(edit => WhyNotEdited(edit) is not null)
            .Select(edit => new EditProblem(edit.Entity, edit.EntityId, edit.Field, edit.New, WhyNotEdited(edit)!)));
        problems.AddRange(wanted.Removed.Where(row => WhyNot(row) is not null).Select(row => new EditProblem(row.Entity, row.EntityId, "removed", null, WhyNot(row)!)));
        problems.AddRange(wanted.Returned.Where(row => WhyNot(row) is not null).Select(row => new EditProblem(row.Entity, row.EntityId, "created", null, WhyNot(row)!)));
        return (wanted with
        {
            Fields = [.. wanted.Fields.Where(edit => WhyNotEdited(edit) is null)],
            Removed = [.. wanted.Removed.Where(row => WhyNot(row) is null)],
            Returned = [.. wanted.Returned.Where(row => WhyNot(row) is null)],
        }, problems);
    }

    /// <summary>Whoever deletes a product archives it in Shopify: the edit of its status belongs to that of its removal.</summary>
    public static IEnumerable<FieldEdit> Complete(RowInHand row, IReadOnlyList<FieldEdit> edits) =>
        edits.LastOrDefault(IsRemoval) is { } removal && Removal.Parse((string?)removal.New)?.Hours is not null && !edits.Any(edit => edit.Field == "status")
            ? [.. edits, removal with { Field = "status", Seen = row.Values["status"]?.DeepClone(), New = Removal.Archived }]
            : edits;

    /// <summary>Opens and closes the windows of what was just written.</summary>
    public static async Task Note(NpgsqlConnection connection, long storeId, long changeSetId, IReadOnlyList<ChangeRow> changes, CancellationToken cancel)
    {
        var removals = changes.Where(change => change is { Entity: CatalogueFields.Product, Field: Removal.Field }).ToList();
        if (removals.Count == 0)
            return;
        long[] products = [.. removals.Select(change => change.EntityId)];
        await RemovalWindow.Close(connection, products, "restored", changeSetId, cancel);
        var going = removals.Where(change => change.New is not null).Select(change => (change.EntityId, Removal: Removal.Parse((string?)change.New)!)).ToList();
        if (going.Count == 0)
            return;
        await using (var command = new NpgsqlCommand("""
            insert into removals (store_id, product_id, kind, hours, change_set_id)
            select $1, u.product_id, case when u.hours = 0 then 'exclude' else 'delete' end, nullif(u.hours, 0), $2 from unnest($3::bigint[], $4::int[]) u (product_id, hours)
            """, connection))
        {
            command.Parameters.Add(new() { Value = storeId });
            command.Parameters.Add(new() { Value = changeSetId });
            command.Parameters.Add(new() { Value = going.Select(one => one.EntityId).ToArray() });
            command.Parameters.Add(new() { Value = going.Select(one => one.Removal.Hours ?? 0).ToArray() });
            await command.ExecuteNonQueryAsync(cancel);
        }
        // One that Shopify has archived already waits for nothing.
        await RemovalWindow.Start(connection, [.. going.Select(one => one.EntityId)], cancel);
    }

    private static bool IsRemoval(FieldEdit edit) => edit is { Entity: CatalogueFields.Product, Field: Removal.Field };

    private static async Task<WantedChanges> HereOnly(NpgsqlConnection connection, WantedChanges wanted, CancellationToken cancel)
    {
        long[] asked = [.. wanted.Fields.Where(edit => IsRemoval(edit) && edit.New is not null).Select(edit => edit.EntityId).Distinct()];
        if (asked.Length == 0)
            return wanted;
        await using var command = new NpgsqlCommand("select coalesce(array_agg(id), '{}') from products where id = any($1) and mark = 1 and deleted_at is null", connection);
        command.Parameters.Add(new() { Value = asked });
        var here = ((long[])(await command.ExecuteScalarAsync(cancel))!).ToHashSet();
        if (here.Count > 0)
            await Keep(connection, [.. wanted.Fields.Where(edit => IsRemoval(edit) && here.Contains(edit.EntityId))], cancel);
        return here.Count == 0 ? wanted : wanted with
        {
            Fields = [.. wanted.Fields.Where(edit => edit.Entity != CatalogueFields.Product || !here.Contains(edit.EntityId))],
            Removed = [.. wanted.Removed.Concat(here.Select(id => new RowRef(CatalogueFields.Product, id))).Distinct()],
        };
    }

    /// <summary>A product that is on its way to Shopify goes here at once, and there as it was asked, if Shopify makes it after all.</summary>
    private static async Task Keep(NpgsqlConnection connection, FieldEdit[] removals, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "update push_creates c set removal = u.removal from unnest($1::bigint[], $2::text[]) u (product_id, removal) where c.product_id = u.product_id", connection);
        command.Parameters.Add(new() { Value = removals.Select(edit => edit.EntityId).ToArray() });
        command.Parameters.Add(new() { Value = removals.Select(edit => (string)edit.New!).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Those of the products that are removed here, and whether Shopify is deleting them.</summary>
    private static async Task<Dictionary<long, RemovedProduct>> Removed(NpgsqlConnection connection, long[] products, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select p.id, p.title, r.purge_sent_at is not null from products p left join removals r on r.product_id = p.id and r.closed_at is null
            where p.id = any($1) and p.removal is not null and p.deleted_at is null
            """, connection);
        command.Parameters.Add(new() { Value = products });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var removed = new Dictionary<long, RemovedProduct>();
        while (await reader.ReadAsync(cancel))
            removed[reader.GetInt64(0)] = new(reader.GetInt64(0), reader.GetString(1), reader.GetBoolean(2));
        return removed;
    }

    private sealed record RemovedProduct(long Id, string Title, bool IsGoing);
}
