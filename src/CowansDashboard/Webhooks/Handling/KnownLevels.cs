using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Shopify;
using Npgsql;

namespace CowansDashboard.Webhooks.Handling;

/// <summary>
/// Levels that the copy holds, as Shopify last told them. Of a level that people have edited here, or that is on its way to
/// Shopify, no time is known: only a read decides about that, since an event may be older than what was sent.
/// </summary>
internal sealed class KnownLevels
{
    private static readonly string[] Quantities = ["available", "on_hand", "committed", "incoming", "reserved", "damaged", "safety_stock", "quality_control"];

    private readonly Dictionary<(long Item, long Location), (JsonObject Row, DateTimeOffset? At)> _levels = [];

    private KnownLevels()
    {
    }

    /// <summary>The moment of Shopify that the last pull showed.</summary>
    public DateTimeOffset? DataAsOf { get; private set; }

    public static async Task<KnownLevels> Read(NpgsqlConnection connection, long storeId, IReadOnlyCollection<long> items, CancellationToken cancel)
    {
        var known = new KnownLevels();
        await using (var age = new NpgsqlCommand("select data_as_of from stores where id = $1", connection))
        {
            age.Parameters.Add(new() { Value = storeId });
            known.DataAsOf = await age.ExecuteScalarAsync(cancel) is DateTime at ? new DateTimeOffset(at, TimeSpan.Zero) : null;
        }
        var columns = string.Join(", ", Quantities.Select(name => $"'{name}', l.{name}"));
        await using var command = new NpgsqlCommand($"""
            select l.inventory_item_id, o.shopify_id, jsonb_build_object('is_active', l.is_active, {columns})::text, case when l.pending is null then l.quantities_updated_at end
            from inventory_levels l join locations o on o.id = l.location_id
            where l.store_id = $1 and l.inventory_item_id = any($2) and l.deleted_at is null and l.mark = 0
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = items.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            known._levels[(reader.GetInt64(0), reader.GetInt64(1))] =
                ((JsonObject)JsonNode.Parse(reader.GetString(2))!, reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3));
        return known;
    }

    public DateTimeOffset? At(HeardLevel heard) => _levels.TryGetValue((heard.Item, heard.Location), out var level) ? level.At : null;

    /// <summary>The level as Shopify's API would show it after the event: the rest stays as it was last known.</summary>
    public JsonElement After(HeardLevel heard)
    {
        var row = _levels[(heard.Item, heard.Location)].Row;
        var at = heard.UpdatedAt!.Value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var quantities = new JsonArray();
        foreach (var name in Quantities)
            if (name == "available")
                quantities.Add(new JsonObject { ["name"] = name, ["quantity"] = heard.Available, ["updatedAt"] = at });
            else if (row[name] is { } quantity)
                quantities.Add(new JsonObject { ["name"] = name, ["quantity"] = quantity.DeepClone() });
        var node = new JsonObject
        {
            ["__typename"] = "InventoryLevel",
            ["id"] = new ShopifyId("InventoryLevel", heard.Location, heard.Item).ToString(),
            ["isActive"] = row["is_active"]?.DeepClone(),
            ["location"] = new JsonObject { ["id"] = new ShopifyId("Location", heard.Location).ToString() },
            ["quantities"] = quantities,
        };
        return JsonDocument.Parse(node.ToJsonString()).RootElement;
    }
}
