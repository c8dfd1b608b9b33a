using CowansDashboard.Data;
using System.Globalization;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Search;
using CowansDashboard.Shopify.Bulk;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Sync.Push;

/// <summary>One file of a bulk mutation and how far it is.</summary>
public sealed record PushFile(long Id, string Mutation, int Lines, long Ticket, string Status, string? Operation)
{
    /// <summary>When the first of its products was looked at.</summary>
    public required DateTimeOffset LookedAt { get; init; }

    public const string Prepared = "prepared";
    public const string Started = "started";
    public const string Confirmed = "confirmed";

    /// <summary>It was never started: its items are sent another way.</summary>
    public const string Void = "void";

    /// <summary>What its lines' rows are.</summary>
    public string Entity => Mutation.StartsWith("ProductVariants", StringComparison.Ordinal) ? CatalogueFields.Variant
        : Mutation.StartsWith("Metafields", StringComparison.Ordinal) ? CatalogueFields.Metafield : CatalogueFields.Product;

    public static FileInfo OnDisk(SyncOptions options, long storeId, long id) =>
        new(Path.Combine(options.Folder, string.Create(CultureInfo.InvariantCulture, $"push-{storeId}-{id}.jsonl")));

    /// <summary>Its mutation under a mark by which Shopify's list tells it from all others.</summary>
    public BulkMutation Marked(RunContext run) => Marked(Mutation, run.StoreId, run.RunId, Id);

    public static BulkMutation Marked(string mutation, long storeId, long runId, long id) => new(mutation, string.Create(CultureInfo.InvariantCulture, $"s{storeId}r{runId}f{id}"));
}

/// <summary>One line of a file: the product, and its rows in the order of the call's list.</summary>
public sealed record PushLine(int Number, long ProductId, long[] Entities);

/// <summary>Files of a run in the database, written before they are sent.</summary>
public static class PushFiles
{
    /// <summary>Files of this run that are not settled.</summary>
    public static async Task<List<PushFile>> Open(NpgsqlDataSource database, long runId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select id, mutation, lines, ticket, status, operation_id, looked_at from push_files where run_id = $1 and status in ('prepared', 'started') order by id
            """);
        command.Parameters.Add(new() { Value = runId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var files = new List<PushFile>();
        while (await reader.ReadAsync(cancel))
            files.Add(new PushFile(reader.GetInt64(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt64(3), reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetString(5))
            {
                LookedAt = reader.GetFieldValue<DateTimeOffset>(6),
            });
        return files;
    }

    /// <summary>A file that lines are about to be written into.</summary>
    public static Task<long> Begin(PushScope scope, string mutation, DateTimeOffset lookedAt, CancellationToken cancel) => scope.Write(async transaction =>
    {
        await using var insert = new NpgsqlCommand("""
            insert into push_files (run_id, plan_id, store_id, mutation, lines, ticket, looked_at) values ($1, $2, $3, $4, 0, 0, $5) returning id
            """, transaction.Connection);
        insert.Parameters.Add(new() { Value = scope.Run.RunId });
        insert.Parameters.Add(new() { Value = scope.PlanId });
        insert.Parameters.Add(new() { Value = scope.Run.StoreId });
        insert.Parameters.Add(new() { Value = mutation });
        insert.Parameters.Add(new() { Value = lookedAt });
        return (long)(await insert.ExecuteScalarAsync(cancel))!;
    }, cancel);

    /// <summary>Commits what some lines of a file are for.</summary>
    public static Task Append(PushScope scope, long fileId, IReadOnlyList<PushLine> lines, CancellationToken cancel) => lines.Count == 0 ? Task.CompletedTask : scope.Write(async transaction =>
    {
        await using var insert = new NpgsqlCommand(
            "insert into push_lines (file_id, line, product_id, entities) select $1, l.line, l.product, l.entities::bigint[] from unnest($2::int[], $3::bigint[], $4::text[]) l (line, product, entities)",
            transaction.Connection);
        insert.Parameters.Add(new() { Value = fileId });
        insert.Parameters.Add(new() { Value = lines.Select(line => line.Number).ToArray() });
        insert.Parameters.Add(new() { Value = lines.Select(line => line.ProductId).ToArray() });
        insert.Parameters.Add(new() { Value = lines.Select(line => $"{{{string.Join(',', line.Entities)}}}").ToArray() });
        await insert.ExecuteNonQueryAsync(cancel);
        return true;
    }, cancel);

    /// <summary>No line comes any more: the file can be uploaded.</summary>
    public static Task<PushFile> Close(
        PushScope scope, long id, string mutation, int lines, long ticket, DateTimeOffset lookedAt, CancellationToken cancel) => scope.Write(async transaction =>
    {
        await using var update = new NpgsqlCommand("update push_files set lines = $2, ticket = $3, updated_at = now() where id = $1", transaction.Connection);
        update.Parameters.Add(new() { Value = id });
        update.Parameters.Add(new() { Value = lines });
        update.Parameters.Add(new() { Value = ticket });
        await update.ExecuteNonQueryAsync(cancel);
        return new PushFile(id, mutation, lines, ticket, PushFile.Prepared, null) { LookedAt = lookedAt };
    }, cancel);

    /// <summary>Items of a file that was not sent after all wait as before.</summary>
    public static Task<int> Unsend(PushScope scope, PushFile file, CancellationToken cancel) => scope.Write(async transaction =>
    {
        var (items, products) = (new List<long>(), new HashSet<long>());
        await using (var find = new NpgsqlCommand("""
            select i.id, i.product_id from push_lines l
            join push_items i on i.plan_id = $2 and i.product_id = l.product_id and i.entity_id = any(l.entities) and i.entity = $3
                and i.status = 'sent' and not i.excluded
            where l.file_id = $1
            """, transaction.Connection))
        {
            find.Parameters.Add(new() { Value = file.Id });
            find.Parameters.Add(new() { Value = scope.PlanId });
            find.Parameters.Add(new() { Value = file.Entity });
            await using var reader = await find.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                items.Add(reader.GetInt64(0));
                products.Add(reader.GetInt64(1));
            }
        }
        await HoldProducts.Hold(transaction.Connection, products, cancel);
        await PushItems.Unsend(transaction.Connection, [.. items], cancel);
        await RefreshSummaries.Refresh(transaction.Connection, [.. products], cancel);
        return products.Count;
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

    /// <summary>What the lines of a file are for.</summary>
    public static async Task<List<PushLine>> Lines(NpgsqlDataSource database, long fileId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select line, product_id, entities from push_lines where file_id = $1");
        command.Parameters.Add(new() { Value = fileId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var lines = new List<PushLine>();
        while (await reader.ReadAsync(cancel))
            lines.Add(new PushLine(reader.GetInt32(0), reader.GetInt64(1), reader.GetFieldValue<long[]>(2)));
        return lines;
    }

    /// <summary>The products that have a line in one of these files.</summary>
    public static async Task<long[]> Products(NpgsqlDataSource database, IReadOnlyCollection<PushFile> files, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select coalesce(array_agg(distinct product_id), '{}') from push_lines where file_id = any($1)");
        command.Parameters.Add(new() { Value = files.Select(file => file.Id).ToArray() });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }
}
