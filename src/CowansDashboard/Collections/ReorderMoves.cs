namespace CowansDashboard.Collections;

/// <summary>One move: the product goes to the place with this number, counted from zero, in the list as the moves before have left it.</summary>
public readonly record struct ReorderMove(long Product, int NewPosition);

/// <summary>The least number of moves that bring a list into another order: only products outside the longest run that is in order already are moved.</summary>
public static class ReorderMoves
{
    /// <summary>How many moves Shopify takes in one call.</summary>
    public const int AtOnce = 250;

    /// <summary>Moves in the order in which they are sent, in batches for one call each. Both lists hold the same products, each once.</summary>
    public static IReadOnlyList<ReorderMove[]> Plan(IReadOnlyList<long> now, IReadOnlyList<long> wanted)
    {
        var places = new Dictionary<long, int>(wanted.Count);
        for (var i = 0; i < wanted.Count; i++)
            if (!places.TryAdd(wanted[i], i))
                throw new ArgumentException($"Product {wanted[i]} stands in the wanted order twice.", nameof(wanted));
        if (now.Count != wanted.Count || now.Distinct().Count() != now.Count || now.Any(product => !places.ContainsKey(product)))
            throw new ArgumentException("The wanted order holds other products than the list.", nameof(wanted));

        var stays = Staying([.. now.Select(product => places[product])]);
        return [.. Moves(now, wanted, stays).Chunk(AtOnce)];
    }

    // From the front: when a product's turn comes, all that belong before it stand there in order already, and products that
    // wait for their own move stand between or behind them. It goes right behind its predecessor.
    private static List<ReorderMove> Moves(IReadOnlyList<long> now, IReadOnlyList<long> wanted, HashSet<int> stays)
    {
        var list = now.ToList();
        var moves = new List<ReorderMove>();
        for (var place = 0; place < wanted.Count; place++)
        {
            if (stays.Contains(place))
                continue;
            var product = wanted[place];
            list.Remove(product);
            var to = place == 0 ? 0 : list.IndexOf(wanted[place - 1]) + 1;
            list.Insert(to, product);
            moves.Add(new(product, to));
        }
        return moves;
    }

    /// <summary>The longest increasing subsequence, as the values that belong to it.</summary>
    private static HashSet<int> Staying(int[] places)
    {
        var (ends, before) = (new List<int>(), new int[places.Length]);
        for (var i = 0; i < places.Length; i++)
        {
            var (low, high) = (0, ends.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = places[ends[middle]] < places[i] ? (middle + 1, high) : (low, middle);
            }
            before[i] = low > 0 ? ends[low - 1] : -1;
            if (low == ends.Count)
                ends.Add(i);
            else
                ends[low] = i;
        }
        var run = new HashSet<int>();
        for (var i = ends.Count > 0 ? ends[^1] : -1; i >= 0; i = before[i])
            run.Add(places[i]);
        return run;
    }
}
