using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Conflicts;

/// <summary>The filter as a condition on "conflicts c left join products p"; its parameters are always $1 to $8.</summary>
internal static class ConflictSql
{
    public const string From = "conflicts c left join products p on p.id = c.product_id";

    public static string Where(ConflictFilter filter) => $"""
        c.store_id = $1 and {State(filter)}
        and ($2::text is null or c.field = $2) and ($3::text is null or c.entity = $3) and ($4::text is null or p.vendor = $4)
        and ($5::bigint is null or c.entity = 'collection' and c.entity_id = $5
            or c.entity = 'collection source' and exists (select from collection_sources s where s.id = c.entity_id and s.collection_id = $5)
            or exists (select from collection_members m where m.product_id = c.product_id and m.collection_id = $5 and m.mark <> 2))
        and ($6::bigint is null or c.run_id = $6) and ($7::bigint is null or c.product_id = $7)
        and ($8::timestamptz is null or {At(filter)} >= $8)
        """;

    private static string State(ConflictFilter filter) => filter.State switch
    {
        ConflictState.Open => "c.closed_at is null",
        ConflictState.Overwritten => "c.closed_as = 'overwritten'",
        _ => "c.closed_at is not null",
    };

    /// <summary>The moment by which conflicts of this state are ordered.</summary>
    public static string At(ConflictFilter filter) => filter.State is ConflictState.Open ? "c.detected_at" : "c.closed_at";

    public static void Add(NpgsqlParameterCollection parameters, long storeId, ConflictFilter filter)
    {
        parameters.Add(new() { Value = storeId });
        parameters.Add(Text(filter.Field));
        parameters.Add(Text(filter.Entity));
        parameters.Add(Text(filter.Vendor));
        parameters.Add(Id(filter.Collection));
        parameters.Add(Id(filter.Run));
        parameters.Add(Id(filter.Product));
        parameters.Add(new() { Value = (object?)filter.Since?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
    }

    public static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    public static NpgsqlParameter Id(long? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint };
}
