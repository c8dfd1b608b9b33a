using CowansDashboard.Search;
using Npgsql;

namespace CowansDashboard.Collections;

/// <summary>Reads products of a collection in its order, from a place on.</summary>
public sealed class ReadMembers(NpgsqlDataSource database)
{
    /// <param name="storeId">Whose.</param>
    /// <param name="collection">Our id.</param>
    /// <param name="skip">How many lie before the first.</param>
    /// <param name="atMost">How many.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<CollectionMember>> Read(long storeId, long collection, int skip, int atMost, CancellationToken cancel)
    {
        // Places are counted, since what leaves here keeps its number until Shopify has heard of it.
        await using var command = database.CreateCommand("""
            select page.place, s.product_id, p.shopify_id, s.title, s.status, s.vendor, s.min_price, s.max_price, s.stock, s.thumbnail_url, s.sync_state
            from (
                select m.product_id, row_number() over (order by m.position, m.product_id)::int as place
                from collection_members m where m.store_id = $1 and m.collection_id = $2 and m.mark <> 2
                order by m.position, m.product_id offset $3 limit $4) page
            join product_summaries s on s.product_id = page.product_id
            join products p on p.id = page.product_id
            order by page.place
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = collection });
        command.Parameters.Add(new() { Value = (long)skip });
        command.Parameters.Add(new() { Value = (long)atMost });
        var members = new List<CollectionMember>(atMost);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            members.Add(new(
                reader.GetInt32(0), reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetInt64(2), reader.GetString(3), reader.GetString(4), reader.GetString(5),
                reader.IsDBNull(6) ? null : reader.GetDecimal(6), reader.IsDBNull(7) ? null : reader.GetDecimal(7), reader.IsDBNull(8) ? null : reader.GetInt64(8),
                reader.IsDBNull(9) ? null : reader.GetString(9), (SyncState)reader.GetInt16(10)));
        return members;
    }
}
