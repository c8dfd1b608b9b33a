using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>Where a value goes next.</summary>
public enum NextDirection
{
    /// <summary>Both sides hold the same; whoever changes it next, the other side follows.</summary>
    None,

    /// <summary>It waits here for the next push.</summary>
    ToShopify,

    /// <summary>It was sent, and Shopify has not confirmed it yet.</summary>
    OnItsWay,

    /// <summary>Both sides changed it: a person or a rule decides.</summary>
    ToBeDecided,
}

/// <summary>Why a field holds what it holds.</summary>
public sealed record ValueExplanation
{
    public required JsonNode? Value { get; init; }

    public required NextDirection Next { get; init; }

    /// <summary>What both sides last agreed on; the value itself while nothing waits.</summary>
    public JsonNode? Agreed { get; init; }

    /// <summary>What a push has sent and awaits.</summary>
    public JsonNode? Sent { get; init; }

    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Shopify's value in an open conflict.</summary>
    public JsonNode? Shopifys { get; init; }

    public long? ConflictId { get; init; }

    /// <summary>The change that brought the value; null when it came with the row.</summary>
    public ChangeLine? LastChange { get; init; }

    public ChangeSetSummary? LastSet { get; init; }

    /// <summary>Since when the row is in the copy.</summary>
    public DateTimeOffset? KnownSince { get; init; }
}

/// <summary>Says of one field who set it, when and by what, what both sides last agreed on, and where it goes next.</summary>
public sealed class ExplainValue(NpgsqlDataSource database)
{
    /// <returns>Null when there is no such row or field.</returns>
    public async Task<ValueExplanation?> Explain(long storeId, string entity, long entityId, string field, CancellationToken cancel)
    {
        if (CatalogueEntity.Find(entity) is not { } kind || CatalogueFields.Find(entity, field) is null)
            return null;
        await using var command = database.CreateCommand($"""
            select to_jsonb(t.{field})::text, t.mark, coalesce(t.pending ? $3, false), (t.pending -> $3)::text, {(kind.IsPair ? "null::timestamptz" : kind.Name == CatalogueFields.Level ? "null::timestamptz" : "t.created_at")},
                f.value::text, f.sent_at, x.id, x.shopifys::text
            from {kind.Table} t
            left join sent_fields f on f.entity = $4 and f.entity_id = t.id and f.field = $3
            left join conflicts x on x.entity = $4 and x.entity_id = t.id and x.field = $3 and x.closed_at is null
            where t.id = $2 and t.store_id = $1
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = entityId });
        command.Parameters.Add(new() { Value = field });
        command.Parameters.Add(new() { Value = entity });
        ValueExplanation explanation;
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            if (!await reader.ReadAsync(cancel))
                return null;
            JsonNode? Json(int column) => reader.IsDBNull(column) ? null : JsonNode.Parse(reader.GetString(column));
            var (value, hereOnly, pending) = (Json(0), reader.GetInt16(1) == 1, reader.GetBoolean(2));
            explanation = new ValueExplanation
            {
                Value = value,
                Next = !reader.IsDBNull(7) ? NextDirection.ToBeDecided : !reader.IsDBNull(6) ? NextDirection.OnItsWay : pending || hereOnly ? NextDirection.ToShopify : NextDirection.None,
                Agreed = pending ? Json(3) : hereOnly ? null : value?.DeepClone(),
                Sent = Json(5),
                SentAt = reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6),
                ConflictId = reader.IsDBNull(7) ? null : reader.GetInt64(7),
                Shopifys = Json(8),
                KnownSince = reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4),
            };
        }
        return await WithLastChange(explanation, storeId, entity, entityId, field, cancel);
    }

    private async Task<ValueExplanation> WithLastChange(ValueExplanation explanation, long storeId, string entity, long entityId, string field, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select {ChangeSetSummary.Columns}, {ChangeLine.Columns}
            from (select * from changes where entity = $2 and entity_id = $3 and field in ($4, 'created') and store_id = $1 order by id desc limit 1) c
            join change_sets s on s.id = c.change_set_id
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = entity });
        command.Parameters.Add(new() { Value = entityId });
        command.Parameters.Add(new() { Value = field });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? explanation with { LastSet = ChangeSetSummary.Of(reader), LastChange = ChangeLine.Of(reader, ChangeSetSummary.Width) }
            : explanation;
    }
}
