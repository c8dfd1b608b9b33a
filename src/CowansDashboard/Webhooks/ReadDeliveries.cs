using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Webhooks;

/// <summary>Which deliveries a list shows; null lets everything through.</summary>
public sealed record DeliveryFilter
{
    public string? Topic { get; init; }

    public string? State { get; init; }

    public string? Outcome { get; init; }

    public string? Entity { get; init; }

    public long? EntityId { get; init; }

    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? Before { get; init; }
}

/// <summary>A page of deliveries; Next is the place behind it, null on the last.</summary>
public sealed record FoundDeliveries(IReadOnlyList<DeliveryRow> Rows, long? Next);

/// <summary>Lists what was heard, the newest first, and shows one delivery with its bytes.</summary>
public sealed class ReadDeliveries(NpgsqlDataSource database)
{
    private const string Which = """
        d.store_id = $1 and ($2::bigint is null or d.id < $2) and ($3::text is null or d.topic = $3) and ($4::text is null or d.state = $4)
            and ($5::text is null or d.outcome = $5) and ($6::text is null or d.entity = $6) and ($7::bigint is null or d.entity_id = $7)
            and ($8::timestamptz is null or d.heard_at >= $8) and ($9::timestamptz is null or d.heard_at < $9)
        order by d.id desc limit $10
        """;

    /// <param name="storeId">Whose.</param>
    /// <param name="filter">Which.</param>
    /// <param name="after">The place behind the page before; null begins.</param>
    /// <param name="atMost">Rows of a page.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<FoundDeliveries> Find(long storeId, DeliveryFilter filter, long? after, int atMost, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select {DeliveryRow.Columns}
            from {DeliveryRow.From}
            where {Which}
            """);
        Fill(command, storeId, filter, after, atMost + 1L);
        var rows = new List<DeliveryRow>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            rows.Add(DeliveryRow.Read(reader));
        if (rows.Count <= atMost)
            return new(rows, null);
        rows.RemoveAt(atMost);
        return new(rows, rows[^1].Id);
    }

    /// <summary>The ids of such a page alone.</summary>
    internal async Task<IReadOnlyList<long>> Ids(long storeId, DeliveryFilter filter, long? after, int atMost, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"select d.id from webhook_deliveries d where {Which}");
        Fill(command, storeId, filter, after, atMost);
        var ids = new List<long>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            ids.Add(reader.GetInt64(0));
        return ids;
    }

    /// <summary>One delivery; null when the store has none with this id.</summary>
    public async Task<DeliveryDetails?> Read(long storeId, long id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"select {DeliveryRow.Columns}, d.body from {DeliveryRow.From} where d.store_id = $1 and d.id = $2");
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? new(DeliveryRow.Read(reader), reader.GetFieldValue<byte[]>(reader.FieldCount - 1)) : null;
    }

    private static void Fill(NpgsqlCommand command, long storeId, DeliveryFilter filter, long? after, long atMost)
    {
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(Of(after, NpgsqlDbType.Bigint));
        command.Parameters.Add(Of(filter.Topic, NpgsqlDbType.Text));
        command.Parameters.Add(Of(filter.State, NpgsqlDbType.Text));
        command.Parameters.Add(Of(filter.Outcome, NpgsqlDbType.Text));
        command.Parameters.Add(Of(filter.Entity, NpgsqlDbType.Text));
        command.Parameters.Add(Of(filter.EntityId, NpgsqlDbType.Bigint));
        command.Parameters.Add(Of(filter.Since?.UtcDateTime, NpgsqlDbType.TimestampTz));
        command.Parameters.Add(Of(filter.Before?.UtcDateTime, NpgsqlDbType.TimestampTz));
        command.Parameters.Add(new() { Value = atMost });
    }

    private static NpgsqlParameter Of(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
