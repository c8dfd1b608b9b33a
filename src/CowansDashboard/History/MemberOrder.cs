using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>The order of a collection's products, as ids of ours. Who came and who went meanwhile says nothing about the order of the others.</summary>
public static class MemberOrder
{
    public const string Field = "member_order";

    /// <summary>SQL for the order of a collection t: a person's where one waits, else Shopify's.</summary>
    internal const string Sql = """
        coalesce(to_jsonb(t.member_order), (select jsonb_agg(m.product_id order by m.mark = 1, m.position, m.product_id)
            from collection_members m where m.collection_id = t.id and m.mark <> 2), '[]')
        """;

    /// <summary>Whether the products that stand in both stand in the same order. Pure.</summary>
    public static bool Same(JsonNode? left, JsonNode? right)
    {
        var (ours, theirs) = (Ids(left), Ids(right));
        var (here, there) = (ours.ToHashSet(), theirs.ToHashSet());
        return ours.Where(there.Contains).SequenceEqual(theirs.Where(here.Contains));
    }

    /// <summary>Whether an order names every product of another one. Pure.</summary>
    public static bool Covers(JsonNode? order, JsonNode? other) => !Ids(other).Except(Ids(order)).Any();

    /// <summary>A wanted order, of the members that there are: those that it does not name follow in the order they had. Pure.</summary>
    public static JsonArray Complete(JsonNode? wanted, JsonNode? members)
    {
        var (asked, now) = (Ids(wanted), Ids(members));
        var known = now.ToHashSet();
        List<long> order = [.. asked.Where(known.Contains).Distinct()];
        var placed = order.ToHashSet();
        order.AddRange(now.Where(id => !placed.Contains(id)));
        return [.. order.Select(id => (JsonNode)id)];
    }

    /// <summary>
    /// A wanted order among the members that there are: those that it does not name stay behind whom they follow, since nobody wanted them
    /// elsewhere. Pure.
    /// </summary>
    public static JsonArray Among(JsonNode? wanted, JsonNode? members)
    {
        var now = Ids(members);
        var known = now.ToHashSet();
        List<long> named = [.. Ids(wanted).Where(known.Contains).Distinct()];
        var isNamed = named.ToHashSet();
        var (first, behind) = (new List<long>(), new Dictionary<long, List<long>>());
        List<long> at = first;
        foreach (var id in now)
            if (isNamed.Contains(id))
                behind[id] = at = [];
            else
                at.Add(id);
        return [.. first.Concat(named.SelectMany(id => behind[id].Prepend(id))).Select(id => (JsonNode)id)];
    }

    /// <summary>Whether an order is one through which moves lead, [[product, place], …], from the order before them to the one behind them all. Pure.</summary>
    public static bool IsOnTheWay(JsonNode? from, JsonNode? moves, JsonNode? seen) => StillToCome(from, moves, seen) is not null;

    /// <summary>The moves that are still to come where an order is seen through which they lead; null where it is none of those. Pure.</summary>
    public static JsonArray? StillToCome(JsonNode? from, JsonNode? moves, JsonNode? seen)
    {
        var (order, there) = (Ids(from), Ids(seen));
        var here = order.ToHashSet();
        there.RemoveAll(id => !here.Contains(id));
        var shown = there.ToHashSet();
        var all = moves as JsonArray ?? [];
        if (IsSeen())
            return (JsonArray)all.DeepClone();
        foreach (var (done, move) in all.Index())
        {
            var (id, place) = ((long)move![0]!, (int)move[1]!);
            if (!order.Remove(id))
                continue;
            order.Insert(Math.Min(place, order.Count), id);
            if (IsSeen())
                return [.. all.Skip(done + 1).Select(left => left!.DeepClone())];
        }
        return null;

        bool IsSeen() => order.Where(shown.Contains).SequenceEqual(there);
    }

    /// <summary>The same of an order that returns: who is no member at this moment may come back with the conditions that return beside it, and stands where it stood. Pure.</summary>
    public static JsonArray Expecting(JsonNode? wanted, JsonNode? members)
    {
        List<long> asked = [.. Ids(wanted).Distinct()];
        return [.. asked.Concat(Ids(members).Except(asked)).Select(id => (JsonNode)id)];
    }

    /// <summary>How many products stand elsewhere among the others than before: the fewest that must be taken out and put back. Pure.</summary>
    public static int Moved(JsonNode? before, JsonNode? after)
    {
        var (was, now) = (Ids(before), Ids(after));
        var places = was.Select((id, place) => (id, place)).DistinctBy(one => one.id).ToDictionary(one => one.id, one => one.place);
        var ends = new List<int>();
        var common = 0;
        foreach (var id in now)
        {
            if (!places.TryGetValue(id, out var place))
                continue;
            common++;
            var at = ends.BinarySearch(place);
            if (at < 0 && ~at == ends.Count)
                ends.Add(place);
            else if (at < 0)
                ends[~at] = place;
        }
        return common - ends.Count;
    }

    private static List<long> Ids(JsonNode? order) => order is JsonArray ids ? [.. ids.Select(id => (long)JsonValues.Number(id))] : [];

    /// <summary>The members of collections in Shopify's order, those that were added here behind them.</summary>
    internal static async Task<Dictionary<long, JsonArray>> OfShopify(NpgsqlConnection connection, long[] collections, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select collection_id, array_agg(product_id order by mark = 1, position, product_id) from collection_members
            where collection_id = any($1) and mark <> 2 group by collection_id
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = collections });
        var orders = new Dictionary<long, JsonArray>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            orders[reader.GetInt64(0)] = [.. reader.GetFieldValue<long[]>(1).Select(id => (JsonNode)id)];
        return orders;
    }
}
