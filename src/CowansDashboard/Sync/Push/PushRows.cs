using System.Text.Json.Nodes;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>The rows that items are about, as they are now, which of their fields are in conflict, and what was written over at Shopify.</summary>
public sealed class PushRows
{
    private readonly Dictionary<long, PendingProduct> _products;
    private readonly Dictionary<(string, long), PendingEntity> _rows;
    private readonly ILookup<(string, long), string> _conflicts;
    private readonly Dictionary<(long Item, string Field), JsonNode?> _overwritten;

    private PushRows(
        IReadOnlyList<PendingProduct> products, IEnumerable<(string Entity, long Id, string Field)> conflicts, Dictionary<(long Item, string Field), JsonNode?> overwritten)
    {
        _overwritten = overwritten;
        _products = products.ToDictionary(product => product.ProductId);
        _rows = products.SelectMany(product => product.Entities).ToDictionary(row => (row.Entity, row.Id));
        _conflicts = conflicts.ToLookup(one => (one.Entity, one.Id), one => one.Field);
    }

    public static async Task<PushRows> Read(NpgsqlConnection connection, long[] products, IReadOnlyCollection<PushItem> items, CancellationToken cancel) =>
        new(await ReadPendingChanges.Rows(connection, [.. items.Select(item => (item.Entity, item.EntityId)).Distinct()], entity => Columns(entity, items), cancel),
            await Conflicts(connection, products, cancel), await Overwritten(connection, [.. items.Select(item => item.Id)], cancel));

    public PendingProduct? Product(long id) => _products.GetValueOrDefault(id);

    public PendingEntity? Row(string entity, long id) => _rows.GetValueOrDefault((entity, id));

    public IReadOnlySet<string> InConflict(string entity, long id) => _conflicts[(entity, id)].ToHashSet();

    /// <summary>What became of an item's fields, and where that cost Shopify another value, which.</summary>
    public IReadOnlyList<FieldFate> Told(PushItem item, IReadOnlyList<FieldFate> fates)
    {
        var over = item.Fields.Select(field => field.Key).Where(field => _overwritten.ContainsKey((item.Id, field)))
            .ToDictionary(field => field, field => new FieldFate(field, PushStatus.Done, PushDecision.Overwrote(field, _overwritten[(item.Id, field)])));
        return over.Count == 0 ? fates
            : [.. fates.Select(fate => fate.Status == PushStatus.Done ? over.GetValueOrDefault(fate.Field, fate) : fate), .. over.Values.ExceptBy(fates.Select(fate => fate.Field), fate => fate.Field)];
    }

    private static async Task<Dictionary<(long, string), JsonNode?>> Overwritten(NpgsqlConnection connection, long[] items, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select push_item_id, field, shopifys::text from conflicts where push_item_id = any($1) order by id", connection);
        command.Parameters.Add(new() { Value = items });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var overwritten = new Dictionary<(long, string), JsonNode?>();
        while (await reader.ReadAsync(cancel))
            overwritten[(reader.GetInt64(0), reader.GetString(1))] = JsonNode.Parse(reader.GetString(2));
        return overwritten;
    }

    // Of a row of which only fields change nothing else is asked: those, and what is sent along with some of them.
    private static string[]? Columns(string entity, IReadOnlyCollection<PushItem> items)
    {
        var ofEntity = items.Where(item => item.Entity == entity).ToList();
        return entity is CatalogueFields.Product or CatalogueFields.Variant && ofEntity.TrueForAll(item => item.Kind == PushKind.Update)
            ? [.. ofEntity.SelectMany(item => item.Fields).Select(field => field.Key).Union(["deleted_at", .. entity == CatalogueFields.Product ? ["redirect_new_handle"] : (string[])["weight", "weight_unit"]])]
            : null;
    }

    /// <summary>Open conflicts of these products' rows; one over the last variants holds each that was removed.</summary>
    public static async Task<List<(string Entity, long Id, string Field)>> Conflicts(NpgsqlConnection connection, long[] products, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select entity, entity_id, field from conflicts where product_id = any($1) and closed_at is null
            union all
            select 'variant', v.id, '{LastVariants.Removed}' from conflicts c join variants v on v.product_id = c.product_id and v.mark = 2
            where c.product_id = any($1) and c.entity = 'product' and c.field = '{LastVariants.Field}' and c.closed_at is null
            """, connection);
        command.Parameters.Add(new() { Value = products });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var conflicts = new List<(string, long, string)>();
        while (await reader.ReadAsync(cancel))
            conflicts.Add((reader.GetString(0), reader.GetInt64(1), reader.GetString(2)));
        return conflicts;
    }
}
