using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>A field of a product that held something else at a moment; created or removed stand for rows that came or went since.</summary>
/// <param name="Entity">What kind of row.</param>
/// <param name="EntityId">Which row.</param>
/// <param name="RowName">The name that a person knows it by.</param>
/// <param name="Field">The column, or created or removed.</param>
/// <param name="Then">What it held at the moment; of a row removed since, the row.</param>
/// <param name="Now">What it holds; of a row created since, the row.</param>
public sealed record AsOfDifference(string Entity, long EntityId, string? RowName, string Field, JsonNode? Then, JsonNode? Now)
{
    public string Label => CatalogueFields.LabelOf(Entity, Field);

    /// <summary>A person may bring it back. That a product was removed is not brought back by the way: whoever wants that deletes it.</summary>
    public bool CanReturn => (CatalogueFields.Find(Entity, Field) is not null && (Field != Removal.Field || Then is null)) || (Field is "created" or "removed" && Entity != CatalogueFields.Product);
}

/// <summary>What a product was at a moment, told by what is different now. Before it came into the copy nothing is known.</summary>
public sealed record ProductAsOf(long ProductId, DateTimeOffset At, DateTimeOffset KnownSince, JsonObject Then, IReadOnlyList<AsOfDifference> Differences)
{
    public bool IsKnown => At >= KnownSince;
}

/// <summary>Reads a product as it was: its rows as they are, with every change since taken back.</summary>
public sealed class ReadProductAsOf(NpgsqlDataSource database)
{
    /// <returns>Null when the store has no such product.</returns>
    public async Task<ProductAsOf?> Read(long storeId, long productId, DateTimeOffset at, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var product = new NpgsqlCommand("select created_at, to_jsonb(p)::text from products p where store_id = $1 and id = $2", connection);
        product.Parameters.Add(new() { Value = storeId });
        product.Parameters.Add(new() { Value = productId });
        DateTimeOffset since;
        JsonObject now;
        await using (var reader = await product.ExecuteReaderAsync(cancel))
        {
            if (!await reader.ReadAsync(cancel))
                return null;
            (since, now) = (reader.GetFieldValue<DateTimeOffset>(0), (JsonObject)JsonNode.Parse(reader.GetString(1))!);
        }

        var then = new JsonObject(CatalogueFields.All.Where(field => field.Entity == CatalogueFields.Product).Select(field => KeyValuePair.Create(field.Name, now[field.Name]?.DeepClone())));
        var differences = await Differences(connection, storeId, productId, at, cancel);
        foreach (var difference in differences.Where(one => one.Entity == CatalogueFields.Product && then.ContainsKey(one.Field)))
            then[difference.Field] = difference.Then?.DeepClone();
        return new ProductAsOf(productId, at, since, then, differences);
    }

    /// <summary>Of each field the first change after the moment says what it held then, and the last what it holds.</summary>
    private static async Task<List<AsOfDifference>> Differences(NpgsqlConnection connection, long storeId, long productId, DateTimeOffset at, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select {ChangeLine.Columns}, l.field, l.new::text
            from (select distinct on (entity, entity_id, case when field in ('created', 'removed') then '' else field end) * from changes
                where store_id = $1 and product_id = $2 and made_at > $3
                order by entity, entity_id, case when field in ('created', 'removed') then '' else field end, id) c
            cross join lateral (
                select d.field, d.new from changes d
                where d.entity = c.entity and d.entity_id = c.entity_id and (d.field = c.field or d.field in ('created', 'removed') and c.field in ('created', 'removed'))
                order by d.id desc limit 1) l
            order by c.id
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = productId });
        command.Parameters.Add(new() { Value = at.ToUniversalTime() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<(ChangeLine First, string LastField, JsonNode? Last)>();
        while (await reader.ReadAsync(cancel))
            found.Add((ChangeLine.Of(reader), reader.GetString(13), reader.IsDBNull(14) ? null : JsonNode.Parse(reader.GetString(14))));

        // A row that came since had no fields then; one that came and went again is no difference.
        var newer = found.Where(one => one.First.Field == "created").Select(one => (one.First.Entity, one.First.EntityId)).ToHashSet();
        return
        [
            .. from one in found
               let line = one.First
               where line.Field is "created" or "removed"
                   ? one.LastField == line.Field
                   : !newer.Contains((line.Entity, line.EntityId)) && !JsonValues.Same(line.Old, one.Last)
               select new AsOfDifference(line.Entity, line.EntityId, line.RowName, line.Field, line.Old, one.Last),
        ];
    }
}
