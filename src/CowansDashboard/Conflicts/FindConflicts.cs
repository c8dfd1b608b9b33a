using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Conflicts;

/// <summary>A place in the queue: behind the conflict of this moment and id. Costs the same at any depth.</summary>
public sealed record ConflictPlace(DateTimeOffset At, long Id)
{
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{At.UtcTicks}_{Id}");

    public static ConflictPlace? Read(string? text) =>
        text?.Split('_') is [var ticks, var id]
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= DateTimeOffset.MaxValue.UtcTicks
        && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new(new DateTimeOffset(at, TimeSpan.Zero), number)
            : null;
}

/// <summary>A page of the queue; Next is null on the last.</summary>
public sealed record FoundConflicts(IReadOnlyList<ConflictRow> Rows, ConflictPlace? Next);

/// <summary>Lists conflicts of a store, the newest first.</summary>
public sealed class FindConflicts(NpgsqlDataSource database)
{
    public async Task<FoundConflicts> Find(long storeId, ConflictFilter filter, ConflictPlace? after, int atMost, CancellationToken cancel)
    {
        var at = ConflictSql.At(filter);
        await using var command = database.CreateCommand($"""
            select {ConflictRow.Columns}
            from {ConflictSql.From}
            where {ConflictSql.Where(filter)} and ($9::timestamptz is null or ({at}, c.id) < ($9, $10))
            order by {at} desc, c.id desc
            limit $11
            """);
        ConflictSql.Add(command.Parameters, storeId, filter);
        command.Parameters.Add(new() { Value = (object?)after?.At.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(ConflictSql.Id(after?.Id));
        command.Parameters.Add(new() { Value = (long)atMost + 1 });
        var rows = new List<ConflictRow>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            rows.Add(ConflictRow.Read(reader));
        if (rows.Count <= atMost)
            return new(rows, null);
        rows.RemoveAt(atMost);
        var last = rows[^1];
        return new(rows, new(last.End?.At ?? last.DetectedAt, last.Id));
    }
}
