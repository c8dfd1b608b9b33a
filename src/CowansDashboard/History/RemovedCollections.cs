using Npgsql;

namespace CowansDashboard.History;

/// <summary>
/// What a save must know of collections that are removed here. One that Shopify does not know goes at once; another one is
/// published nowhere from that moment, and its change set remembers where it was.
/// </summary>
internal static class RemovedCollections
{
    /// <summary>Completes what shall be removed, and refuses what a removed collection does not take. Under the lock of the collections.</summary>
    public static async Task<(WantedChanges Wanted, IReadOnlyList<EditProblem> Problems)> Route(
        NpgsqlConnection connection, ChangeSetHead head, WantedChanges wanted, IReadOnlyDictionary<RowRef, long> collectionOf, CancellationToken cancel)
    {
        if (collectionOf.Count == 0)
            return (wanted, []);
        wanted = await HereOnly(connection, wanted, cancel);
        wanted = await Unpublished(connection, wanted, cancel);
        var removed = await Removed(connection, [.. collectionOf.Values.Distinct()], cancel);
        if (removed.Count == 0)
            return (wanted, []);
        var restored = wanted.Fields.Where(edit => IsRemoval(edit) && edit.New is null).Select(edit => edit.EntityId).ToHashSet();
        RemovedCollection? Of(RowRef row) => collectionOf.TryGetValue(row, out var collection) ? removed.GetValueOrDefault(collection) : null;
        string? WhyNot(RowRef row) => Of(row) switch
        {
            null => null,
            { IsGoing: true, Title: var title } => $"Shopify is deleting “{title}” at this moment; it cannot be restored any more.",
            var one => restored.Contains(one.Id) ? null : $"“{one.Title}” is removed. Restore it first.",
        };
        string? WhyNotEdited(FieldEdit edit) => new RowRef(edit.Entity, edit.EntityId) is var row && (Of(row) is { IsGoing: true } || head.Kind != ChangeSetKind.Schedule) ? WhyNot(row) : null;

        return (wanted with
        {
            Fields = [.. wanted.Fields.Where(edit => WhyNotEdited(edit) is null)],
            Removed = [.. wanted.Removed.Where(row => WhyNot(row) is null)],
            Returned = [.. wanted.Returned.Where(row => WhyNot(row) is null)],
        }, [
            .. wanted.Fields.Where(edit => WhyNotEdited(edit) is not null).Select(edit => new EditProblem(edit.Entity, edit.EntityId, edit.Field, edit.New, WhyNotEdited(edit)!)),
            .. wanted.Removed.Where(row => WhyNot(row) is not null).Select(row => new EditProblem(row.Entity, row.EntityId, "removed", null, WhyNot(row)!)),
            .. wanted.Returned.Where(row => WhyNot(row) is not null).Select(row => new EditProblem(row.Entity, row.EntityId, "created", null, WhyNot(row)!)),
        ]);
    }

    /// <summary>Whoever sorts a collection otherwise than by hand has no order of its products any more that could be sent.</summary>
    public static IEnumerable<FieldEdit> Complete(RowInHand row, IReadOnlyList<FieldEdit> edits) =>
        edits.LastOrDefault(edit => edit is { Entity: CatalogueFields.Collection, Field: "sort_order" }) is { } sorted && SourceChecks.Text(sorted.New) != "MANUAL"
            && row.Members is not null && row.Pending?.ContainsKey(MemberOrder.Field) == true && !edits.Any(edit => edit.Field == MemberOrder.Field)
            ? [.. edits, sorted with { Field = MemberOrder.Field, Seen = row.Values[MemberOrder.Field]?.DeepClone(), New = row.Pending[MemberOrder.Field]?.DeepClone() }]
            : edits;

    /// <summary>Opens and closes the windows of what was just written.</summary>
    public static async Task Note(NpgsqlConnection connection, long storeId, long changeSetId, IReadOnlyList<ChangeRow> changes, CancellationToken cancel)
    {
        var removals = changes.Where(change => change is { Entity: CatalogueFields.Collection, Field: Removal.Field }).ToList();
        if (removals.Count == 0)
            return;
        var going = removals.Where(change => change.New is not null).ToList();
        await WriteRows.KeepPlaces(connection, [.. removals.Where(change => change.New is null).Select(change => change.EntityId)], cancel);
        await using var command = new NpgsqlCommand(
            "update collection_removals set closed_at = now(), closed_as = 'restored', closed_set = $2 where store_id = $1 and collection_id = any($3) and closed_at is null", connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = changeSetId });
        command.Parameters.Add(new() { Value = removals.Select(change => change.EntityId).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
        await using var insert = new NpgsqlCommand("""
            insert into collection_removals (store_id, collection_id, hours, change_set_id)
            select $1, u.id, u.hours, $2 from unnest($3::bigint[], $4::int[]) u (id, hours)
            """, connection);
        insert.Parameters.Add(new() { Value = storeId });
        insert.Parameters.Add(new() { Value = changeSetId });
        insert.Parameters.Add(new() { Value = going.Select(one => one.EntityId).ToArray() });
        insert.Parameters.Add(new() { Value = going.Select(one => Removal.Parse((string?)one.New)?.Hours ?? Removal.UsualHours).ToArray() });
        await insert.ExecuteNonQueryAsync(cancel);
        // One that is published nowhere waits for nothing.
        await CollectionWindow.Start(connection, [.. going.Select(one => one.EntityId)], cancel);
    }

    private static bool IsRemoval(FieldEdit edit) => edit is { Entity: CatalogueFields.Collection, Field: Removal.Field };

    private static async Task<WantedChanges> HereOnly(NpgsqlConnection connection, WantedChanges wanted, CancellationToken cancel)
    {
        var here = await Ids(connection, "select coalesce(array_agg(id), '{}') from collections where id = any($1) and mark = 1 and deleted_at is null", wanted, cancel);
        return here.Count == 0 ? wanted : wanted with
        {
            Fields = [.. wanted.Fields.Where(edit => edit.Entity != CatalogueFields.Collection || !here.Contains(edit.EntityId))],
            Removed = [.. wanted.Removed.Concat(here.Select(id => new RowRef(CatalogueFields.Collection, id))).Distinct()],
        };
    }

    private static async Task<WantedChanges> Unpublished(NpgsqlConnection connection, WantedChanges wanted, CancellationToken cancel)
    {
        var places = await Ids(connection, "select coalesce(array_agg(id), '{}') from collection_publications where collection_id = any($1) and mark <> 2", wanted, cancel);
        return places.Count == 0 ? wanted : wanted with
        {
            Removed = [.. wanted.Removed.Concat(places.Order().Select(id => new RowRef(CatalogueFields.CollectionPublication, id))).Distinct()],
        };
    }

    private static async Task<HashSet<long>> Ids(NpgsqlConnection connection, string sql, WantedChanges wanted, CancellationToken cancel)
    {
        long[] asked = [.. wanted.Fields.Where(edit => IsRemoval(edit) && edit.New is not null).Select(edit => edit.EntityId).Distinct()];
        if (asked.Length == 0)
            return [];
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = asked });
        return [.. (long[])(await command.ExecuteScalarAsync(cancel))!];
    }

    private static async Task<Dictionary<long, RemovedCollection>> Removed(NpgsqlConnection connection, long[] collections, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select c.id, c.title, r.purge_sent_at is not null from collections c left join collection_removals r on r.collection_id = c.id and r.closed_at is null
            where c.id = any($1) and c.removal is not null and c.deleted_at is null
            """, connection);
        command.Parameters.Add(new() { Value = collections });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var removed = new Dictionary<long, RemovedCollection>();
        while (await reader.ReadAsync(cancel))
            removed[reader.GetInt64(0)] = new(reader.GetInt64(0), reader.GetString(1), reader.GetBoolean(2));
        return removed;
    }

    private sealed record RemovedCollection(long Id, string Title, bool IsGoing);
}
