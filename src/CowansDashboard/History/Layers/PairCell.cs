using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History.Layers;

/// <summary>Whether a product is in a collection, or a collection published at a place, and the row that says so; the row is null where there is none.</summary>
internal sealed record PairCell(LayerCell Cell, long? RowId, bool IsThere, int Position)
{
    public string Entity => Cell.Field == LayerCell.Members ? CatalogueFields.Member : CatalogueFields.CollectionPublication;

    /// <summary>Reads those whose both sides are here; of a collection that is removed here nothing comes or goes.</summary>
    public static async Task Read(NpgsqlConnection connection, long storeId, IReadOnlyList<LayerRow> rows, Dictionary<LayerCell, PairCell> into, CancellationToken cancel)
    {
        var members = rows.Where(row => row.Cell is { IsPair: true, Field: LayerCell.Members }).Select(row => row.Cell).ToList();
        var places = rows.Where(row => row.Cell is { IsPair: true, Field: LayerCell.Publications }).Select(row => row.Cell).ToList();
        await Read(members, """
            select w.place, m.id, coalesce(m.mark <> 2, false), coalesce((select max(l.position) from collection_members l where l.collection_id = c.id), 0)
            from unnest($2::bigint[], $3::bigint[]) with ordinality w (collection, other, place)
            join collections c on c.id = w.collection and c.store_id = $1 and c.deleted_at is null and c.removal is null
            join products p on p.id = w.other and p.store_id = $1 and p.deleted_at is null and p.removal is null
            left join collection_members m on m.collection_id = c.id and m.product_id = p.id
            """);
        await Read(places, """
            select w.place, m.id, coalesce(m.mark <> 2, false), 0
            from unnest($2::bigint[], $3::bigint[]) with ordinality w (collection, other, place)
            join collections c on c.id = w.collection and c.store_id = $1 and c.deleted_at is null and c.removal is null
            join publications b on b.id = w.other and b.store_id = $1 and b.deleted_at is null
            left join collection_publications m on m.collection_id = c.id and m.publication_id = b.id
            """);

        async Task Read(List<LayerCell> cells, string sql)
        {
            if (cells.Count == 0)
                return;
            await using var command = new NpgsqlCommand(sql, connection);
            command.Parameters.Add(new() { Value = storeId });
            command.Parameters.Add(new() { Value = cells.Select(cell => cell.EntityId).ToArray() });
            command.Parameters.Add(new() { Value = cells.Select(cell => cell.Other).ToArray() });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                if (cells[(int)reader.GetInt64(0) - 1] is var cell)
                    into[cell] = new(cell, reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.GetBoolean(2), reader.GetInt32(3));
        }
    }

    /// <summary>A row for one that comes and is in no table yet.</summary>
    public NewRow New(long key, int behind) => new(Entity, key, Entity == CatalogueFields.Member
        ? new JsonObject { ["collection_id"] = Cell.EntityId, ["product_id"] = Cell.Other, ["position"] = Position + behind }
        : new JsonObject { ["collection_id"] = Cell.EntityId, ["publication_id"] = Cell.Other });
}
