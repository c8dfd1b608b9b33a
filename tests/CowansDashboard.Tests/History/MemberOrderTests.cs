using System.Text.Json.Nodes;
using CowansDashboard.Collections;
using CowansDashboard.History;

namespace CowansDashboard.Tests.History;

public sealed class MemberOrderTests
{
    [Fact]
    public void Those_that_nobody_named_stay_behind_whom_they_follow()
    {
        Text(MemberOrder.Among(Order(3, 1, 2), Order(9, 1, 8, 7, 2, 3, 6))).ShouldBe("9 3 6 1 8 7 2");
        Text(MemberOrder.Among(Order(3, 1), Order(1))).ShouldBe("1");
        Text(MemberOrder.Among(Order(), Order(4, 5))).ShouldBe("4 5");
    }

    [Fact]
    public void Every_order_between_the_first_and_the_last_of_our_moves_is_ours_on_its_way_and_leads_there()
    {
        for (var seed = 0; seed < 300; seed++)
            LeadsThere(new Random(seed));
    }

    private static void LeadsThere(Random random)
    {
        long[] now = [.. Enumerable.Range(1, random.Next(2, 40)).Select(id => (long)id)];
        long[] wanted = [.. now];
        random.Shuffle(wanted);
        var batch = ReorderMoves.Plan(now, wanted).FirstOrDefault([]);
        var moves = new JsonArray([.. batch.Select(move => (JsonNode)new JsonArray(move.Product, move.NewPosition))]);
        var order = now.ToList();
        foreach (var move in batch.Take(random.Next(batch.Length + 1)))
        {
            order.Remove(move.Product);
            order.Insert(move.NewPosition, move.Product);
        }

        var left = MemberOrder.StillToCome(Order(now), moves, Order([.. order])).ShouldNotBeNull();

        foreach (var move in left)
        {
            order.Remove((long)move![0]!);
            order.Insert((int)move[1]!, (long)move[0]!);
        }
        order.ShouldBe(wanted);
    }

    [Fact]
    public void An_order_of_somebody_else_is_not_ours_on_its_way()
    {
        var moves = new JsonArray(new JsonArray(5L, 0), new JsonArray(4L, 1));

        MemberOrder.IsOnTheWay(Order(1, 2, 3, 4, 5), moves, Order(5, 1, 2, 3, 4)).ShouldBeTrue();
        MemberOrder.IsOnTheWay(Order(1, 2, 3, 4, 5), moves, Order(5, 1, 9, 3, 4)).ShouldBeTrue("who came and who went says nothing");
        MemberOrder.IsOnTheWay(Order(1, 2, 3, 4, 5), moves, Order(5, 2, 1, 3, 4)).ShouldBeFalse();
        MemberOrder.IsOnTheWay(Order(1, 2, 3), null, Order(1, 3, 2)).ShouldBeFalse();
    }

    private static JsonArray Order(params long[] ids) => [.. ids.Select(id => (JsonNode)id)];

    private static string Text(JsonArray order) => string.Join(' ', order.Select(id => id!.ToString()));
}
