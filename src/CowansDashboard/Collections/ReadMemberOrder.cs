using Npgsql;

namespace CowansDashboard.Collections;

/// <summary>The products of a collection in their order, by our ids: as it stands here, and as Shopify last had it.</summary>
/// <param name="Now">With the edits that wait.</param>
/// <param name="Shopifys">Without those that are here only.</param>
/// <param name="Rows">The row that says that a product is in it, by product.</param>
public sealed record OrderedMembers(IReadOnlyList<long> Now, IReadOnlyList<long> Shopifys, IReadOnlyDictionary<long, long> Rows)
{
    public bool IsOnlyHere(long product) => !_inShopify.Contains(product);

    private readonly HashSet<long> _inShopify = [.. Shopifys];

    /// <summary>Who stands where once somebody wants another order: what it does not name keeps its turn behind.</summary>
    public static IReadOnlyList<long> Apply(IReadOnlyList<long> members, IReadOnlyList<long> wanted)
    {
        var there = members.ToHashSet();
        var named = wanted.Where(there.Contains).Distinct().ToList();
        return [.. named, .. members.Except(named)];
    }

    /// <summary>The moves that bring Shopify's order into this one. Who is not in Shopify's yet, or leaves it, is moved by nobody.</summary>
    public static IReadOnlyList<ReorderMove[]> Moves(IReadOnlyList<long> shopifys, IReadOnlyList<long> wanted)
    {
        var (there, kept) = (shopifys.ToHashSet(), wanted.ToHashSet());
        return ReorderMoves.Plan([.. shopifys.Where(kept.Contains)], [.. wanted.Where(there.Contains)]);
    }
}

/// <summary>Reads the order of the products of a collection, all of it.</summary>
public sealed class ReadMemberOrder(NpgsqlDataSource database)
{
    public async Task<OrderedMembers> Read(long storeId, long collection, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select m.product_id, m.mark, m.id from collection_members m
            where m.store_id = $1 and m.collection_id = $2 order by m.mark = 1, m.position, m.product_id
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = collection });
        var (members, shopifys, rows) = (new List<long>(), new List<long>(), new Dictionary<long, long>());
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
            {
                var (product, mark) = (reader.GetInt64(0), reader.GetInt16(1));
                if (mark != 2)
                {
                    members.Add(product);
                    rows[product] = reader.GetInt64(2);
                }
                if (mark != 1)
                    shopifys.Add(product);
            }
        await using var waits = database.CreateCommand("select member_order from collections where store_id = $1 and id = $2");
        waits.Parameters.Add(new() { Value = storeId });
        waits.Parameters.Add(new() { Value = collection });
        return new(await waits.ExecuteScalarAsync(cancel) is long[] wanted ? OrderedMembers.Apply(members, wanted) : members, shopifys, rows);
    }
}
