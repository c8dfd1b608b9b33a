using CowansDashboard.Runs;
using CowansDashboard.Shopify.Bulk;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Sync.Push;

/// <summary>One file of a bulk mutation and how far it is.</summary>
public sealed record PushFile(long Id, string Mutation, int Lines, long Ticket, string Status, string? Operation)
{
    public const string Prepared = "prepared";
    public const string Started = "started";
    public const string Confirmed = "confirmed";

    /// <summary>It was never started: its items are sent another way.</summary>
    public const string Void = "void";

    /// <summary>Its mutation under a mark by which Shopify's list tells it from all others.</summary>
    public BulkMutation Marked(RunContext run) => new(Mutation, $"s{run.StoreId}r{run.RunId}f{Id}");
}

/// <summary>Files of a run in the database, written before they are sent.</summary>
public static class PushFiles
{
    /// <summary>Files of this run that are not settled.</summary>
    public static async Task<List<PushFile>> Open(NpgsqlDataSource database, long runId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select id, mutation, lines, ticket, status, operation_id from push_files where run_id = $1 and status in ('prepared', 'started') order by id
            """);
        command.Parameters.Add(new() { Value = runId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var files = new List<PushFile>();
        while (await reader.ReadAsync(cancel))
            files.Add(new PushFile(reader.GetInt64(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt64(3), reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetString(5)));
        return files;
    }

    /// <summary>Commits which product each line of a file is for.</summary>
    public static Task<PushFile> Save(PushScope scope, string mutation, long ticket, IReadOnlyList<long> products, CancellationToken cancel) => scope.Write(async transaction =>
    {
        await using var insert = new NpgsqlCommand("""
            insert into push_files (run_id, plan_id, store_id, mutation, lines, ticket) values ($1, $2, $3, $4, $5, $6) returning id
            """, transaction.Connection);
        insert.Parameters.Add(new() { Value = scope.Run.RunId });
        insert.Parameters.Add(new() { Value = scope.PlanId });
        insert.Parameters.Add(new() { Value = scope.Run.StoreId });
        insert.Parameters.Add(new() { Value = mutation });
        insert.Parameters.Add(new() { Value = products.Count });
        insert.Parameters.Add(new() { Value = ticket });
        var id = (long)(await insert.ExecuteScalarAsync(cancel))!;
        await using var lines = new NpgsqlCommand(
            "insert into push_lines (file_id, line, product_id) select $1, n - 1, p from unnest($2::bigint[]) with ordinality l (p, n)", transaction.Connection);
        lines.Parameters.Add(new() { Value = id });
        lines.Parameters.Add(new() { Value = products.ToArray() });
        await lines.ExecuteNonQueryAsync(cancel);
        return new PushFile(id, mutation, products.Count, ticket, PushFile.Prepared, null);
    }, cancel);

    public static Task<PushFile> Set(PushScope scope, PushFile file, string status, string? operation, CancellationToken cancel) => scope.Write(async transaction =>
    {
        await using var update = new NpgsqlCommand("""
            with changed as (update push_files set status = $2, operation_id = coalesce($3, operation_id), updated_at = now() where id = $1 returning id)
            delete from push_lines using changed where push_lines.file_id = changed.id and $2 in ('confirmed', 'void')
            """, transaction.Connection);
        update.Parameters.Add(new() { Value = file.Id });
        update.Parameters.Add(new() { Value = status });
        update.Parameters.Add(new() { Value = (object?)operation ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await update.ExecuteNonQueryAsync(cancel);
        return file with { Status = status, Operation = operation ?? file.Operation };
    }, cancel);

    /// <summary>Which products these lines are for.</summary>
    public static async Task<Dictionary<int, long>> Products(NpgsqlDataSource database, long fileId, int[] lines, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select line, product_id from push_lines where file_id = $1 and line = any($2)");
        command.Parameters.Add(new() { Value = fileId });
        command.Parameters.Add(new() { Value = lines });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var products = new Dictionary<int, long>();
        while (await reader.ReadAsync(cancel))
            products[reader.GetInt32(0)] = reader.GetInt64(1);
        return products;
    }
}
