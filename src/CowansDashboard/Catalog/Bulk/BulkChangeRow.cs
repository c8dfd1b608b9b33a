using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>A row of a prepared edit as it is stored: the value that was seen and the one that it shall have, or why it cannot.</summary>
internal sealed record BulkChangeRow(long ProductId, string Entity, long EntityId, string Field, JsonNode? Seen, JsonNode? New, string? Refused = null)
{
    /// <summary>Of what is scheduled of a collection; its own rows have no product, 0.</summary>
    public long? CollectionId { get; init; }

    public static async Task Copy(NpgsqlConnection connection, long previewId, IEnumerable<BulkChangeRow> rows, CancellationToken cancel)
    {
        await using var writer = await connection.BeginBinaryImportAsync(
            "copy bulk_items (preview_id, product_id, entity, entity_id, field, seen, new, outcome, reason, collection_id) from stdin (format binary)", cancel);
        foreach (var row in rows)
        {
            await writer.StartRowAsync(cancel);
            await writer.WriteAsync(previewId, NpgsqlDbType.Bigint, cancel);
            await writer.WriteAsync(row.ProductId, NpgsqlDbType.Bigint, cancel);
            await writer.WriteAsync(row.Entity, NpgsqlDbType.Text, cancel);
            await writer.WriteAsync(row.EntityId, NpgsqlDbType.Bigint, cancel);
            await writer.WriteAsync(row.Field, NpgsqlDbType.Text, cancel);
            await Write(writer, row.Seen?.ToJsonString(), NpgsqlDbType.Jsonb, cancel);
            await Write(writer, row.New?.ToJsonString(), NpgsqlDbType.Jsonb, cancel);
            await writer.WriteAsync(row.Refused is null ? "waiting" : "refused", NpgsqlDbType.Text, cancel);
            await Write(writer, row.Refused, NpgsqlDbType.Text, cancel);
            if (row.CollectionId is { } collection)
                await writer.WriteAsync(collection, NpgsqlDbType.Bigint, cancel);
            else
                await writer.WriteNullAsync(cancel);
        }
        await writer.CompleteAsync(cancel);
    }

    private static Task Write(NpgsqlBinaryImporter writer, string? text, NpgsqlDbType type, CancellationToken cancel) =>
        text is null ? writer.WriteNullAsync(cancel) : writer.WriteAsync(text, type, cancel);
}
