using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>A field of a product or collection that held something else at a moment; created or removed stand for rows that came or went since.</summary>
/// <param name="Entity">What kind of row.</param>
/// <param name="EntityId">Which row.</param>
/// <param name="RowName">The name that a person knows it by.</param>
/// <param name="Field">The column, or created or removed.</param>
/// <param name="Then">What it held at the moment; of a row removed since, the row.</param>
/// <param name="Now">What it holds; of a row created since, the row.</param>
public sealed record AsOfDifference(string Entity, long EntityId, string? RowName, string Field, JsonNode? Then, JsonNode? Now)
{
    public string Label => CatalogueFields.LabelOf(Entity, Field);

    /// <summary>A person may bring it back. That something was removed is not brought back by the way: whoever wants that deletes it. A removed collection is restored with its places.</summary>
    public bool CanReturn => Field is "created" or "removed" ? Entity is not (CatalogueFields.Product or CatalogueFields.Collection)
        : CatalogueFields.Find(Entity, Field) is not null && (Field != Removal.Field || Then is null && Entity == CatalogueFields.Product);
}

/// <summary>What a product or collection was at a moment, told by what is different now. Before it came into the copy nothing is known.</summary>
public abstract record AsOf(long Id, DateTimeOffset At, DateTimeOffset KnownSince, JsonObject Then, IReadOnlyList<AsOfDifference> Differences)
{
    public bool IsKnown => At >= KnownSince;

    /// <summary>Of each field the first change after the moment says what it held then, and the last what it holds.</summary>
    /// <param name="connection">Reads.</param>
    /// <param name="storeId">Whose.</param>
    /// <param name="owner">product_id or collection_id: the column that says whose change it is.</param>
    /// <param name="id">The product or collection.</param>
    /// <param name="at">The moment.</param>
    /// <param name="cancel">Gives up.</param>
    internal static async Task<List<AsOfDifference>> Since(NpgsqlConnection connection, long storeId, string owner, long id, DateTimeOffset at, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select {ChangeLine.Columns}, l.field, l.new::text
            from (select distinct on (entity, entity_id, case when field in ('created', 'removed') then '' else field end) * from changes
                where store_id = $1 and {owner} = $2 and made_at > $3
                order by entity, entity_id, case when field in ('created', 'removed') then '' else field end, id) c
            cross join lateral (
                select d.field, d.new from changes d
                where d.entity = c.entity and d.entity_id = c.entity_id and (d.field = c.field or d.field in ('created', 'removed') and c.field in ('created', 'removed'))
                order by d.id desc limit 1) l
            order by c.id
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = id });
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
               select new AsOfDifference(line.Entity, line.EntityId, line.Entity == CatalogueFields.Member && owner == "collection_id" ? line.ProductTitle : line.RowName, line.Field, line.Old, one.Last),
        ];
    }
}
