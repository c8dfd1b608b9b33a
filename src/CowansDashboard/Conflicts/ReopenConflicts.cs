using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Search;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Conflicts;

/// <summary>
/// Takes a resolution back: where the field is still as the resolution left it, both values are there again and the
/// conflict is open as before. What was changed or confirmed by Shopify since is left and listed.
/// </summary>
public sealed class ReopenConflicts(NpgsqlDataSource database)
{
    private const int MostAttempts = 6;

    public Task<ResolveOutcome> Reopen(long storeId, long changeSetId, ResolvedBy by, CancellationToken cancel) =>
        Reopen(new UndoScope(storeId, changeSetId), by, cancel);

    /// <summary>The same of some of the change set's fields.</summary>
    public async Task<ResolveOutcome> Reopen(UndoScope scope, ResolvedBy by, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(cancel);
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                var outcome = await Back(connection, scope, by, cancel);
                await transaction.CommitAsync(cancel);
                return outcome;
            }
            catch (PostgresException clash) when (attempt < MostAttempts && clash.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // Somebody changes the same rows at this moment; afterwards it is decided anew.
            }
        }
    }

    private static async Task<ResolveOutcome> Back(NpgsqlConnection connection, UndoScope scope, ResolvedBy by, CancellationToken cancel)
    {
        var (storeId, changeSetId) = (scope.StoreId, scope.ChangeSetId);
        var closed = await ConflictRows.Lock(connection, storeId, await Ids(connection, scope, cancel), cancel);
        var others = await OpenAgain(connection, changeSetId, cancel);
        var back = new List<OpenConflict>();
        var left = new List<LeftConflict>();
        foreach (var conflict in closed)
        {
            if (WhyNot(conflict, others) is { } why)
                left.Add(new(conflict.Row.Id, conflict.Row.Title, conflict.Row.Field, why));
            else
                back.Add(conflict);
        }
        if (back.Count == 0)
            return new(null, 0, 0, left);

        await ConflictRows.Write(connection, [.. back.Select(each => new FieldWrite(
            each.Row.Entity, each.Row.EntityId, each.Row.Field, each.Row.Ours, StaysPending: true, each.Row.Base))], cancel);
        var head = new ChangeSetHead(storeId, ChangeSetKind.Undo, "Conflicts opened again", null, by.Id, by.Name, Undoes: changeSetId);
        var id = await RecordChanges.Record(connection, 0, head, [.. back.Select(each => new ChangeRow(
            each.Row.Entity, each.Row.EntityId, each.Row.ProductId, each.Row.Field, each.Row.End!.Settled, each.Row.Ours,
            JsonNode.DeepEquals(each.Row.End.Settled, each.Row.Ours) ? "kept" : null) { CollectionId = each.Row.CollectionId })], cancel);
        await using var open = new NpgsqlCommand("""
            with opened as (
                update conflicts set closed_at = null, closed_as = null, settled = null, change_set_id = null, rule_id = null,
                    closed_by_id = null, closed_by_name = null, revision = revision + 1
                where id = any($1) returning entity, entity_id, field)
            update changes c set undone_by = $3 from opened o
            where c.change_set_id = $2 and c.entity = o.entity and c.entity_id = o.entity_id and c.field = o.field
            """, connection);
        open.Parameters.Add(new() { Value = back.Select(each => each.Row.Id).ToArray() });
        open.Parameters.Add(new() { Value = changeSetId });
        open.Parameters.Add(new() { Value = id });
        await open.ExecuteNonQueryAsync(cancel);
        long[] products = [.. back.Select(each => each.Row.ProductId).OfType<long>().Distinct().Order()];
        // A product's version rises with every edit of what hangs on it.
        await WriteRows.Touch(connection, [.. products.Except(back.Where(each => each.Row.Entity == CatalogueFields.Product).Select(each => each.Row.EntityId))], cancel);
        await RefreshSummaries.Refresh(connection, products, cancel);
        return new(id, back.Count, products.Length, left);
    }

    private static string? WhyNot(OpenConflict conflict, HashSet<(string, long, string)> others)
    {
        var (row, end) = (conflict.Row, conflict.Row.End!);
        if (conflict.Local is null)
            return "Its row is gone.";
        if (row.Field is DeletedProducts.Field or Removal.Field)
            return "What was decided of a deleted product stays.";
        if (row.Field == LastVariants.Field)
            return "The variants are taken back one by one.";
        if (others.Contains((row.Entity, row.EntityId, row.Field)))
            return "The field is in another conflict by now.";
        var isPending = conflict.Pending?.ContainsKey(row.Field) == true;
        // Kept, another value, or taken while ours was under way: it waits on what Shopify had. Otherwise Shopify's taken: the field is clean.
        var isAsLeft = isPending
            ? JsonNode.DeepEquals(conflict.Pending![row.Field], row.Shopifys)
            : end.As is "shopifys" or "rule-shopify";
        // Where no order waits, the order is Shopify's and stands in the places of the products.
        var holds = row.Field == MemberOrder.Field && !isPending ? end.Settled : conflict.Local[row.Field];
        return isAsLeft && JsonNode.DeepEquals(holds, end.Settled) ? null : "It was changed or sent since.";
    }

    private static async Task<List<long>> Ids(NpgsqlConnection connection, UndoScope scope, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select c.id from conflicts c where c.store_id = $1 and c.change_set_id = $2 and c.closed_at is not null and ($4::text is null or c.field = $4)
                and ($3::bigint[] is null or exists (select from changes h where h.id = any($3) and h.change_set_id = $2 and h.entity = c.entity and h.entity_id = c.entity_id and h.field = c.field))
            """, connection);
        command.Parameters.Add(new() { Value = scope.StoreId });
        command.Parameters.Add(new() { Value = scope.ChangeSetId });
        command.Parameters.Add(new() { Value = (object?)scope.Changes?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(ConflictSql.Text(scope.Field));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var ids = new List<long>();
        while (await reader.ReadAsync(cancel))
            ids.Add(reader.GetInt64(0));
        return ids;
    }

    private static async Task<HashSet<(string, long, string)>> OpenAgain(NpgsqlConnection connection, long changeSetId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select o.entity, o.entity_id, o.field from conflicts c
            join conflicts o on o.entity = c.entity and o.entity_id = c.entity_id and o.field = c.field and o.closed_at is null
            where c.change_set_id = $1
            """, connection);
        command.Parameters.Add(new() { Value = changeSetId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var open = new HashSet<(string, long, string)>();
        while (await reader.ReadAsync(cancel))
            open.Add((reader.GetString(0), reader.GetInt64(1), reader.GetString(2)));
        return open;
    }
}
