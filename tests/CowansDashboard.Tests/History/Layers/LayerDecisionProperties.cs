using System.Text.Json.Nodes;
using CowansDashboard.History.Layers;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.History.Layers;

public sealed class LayerDecisionProperties
{
    private const int Schedules = 4;

    private static readonly Arbitrary<int[]> Orders = Gen.ListOf(Gen.Choose(0, (2 * Schedules) + 1)).Select(list => list.ToArray()).ToArbitrary();

    /// <summary>Written down another way: a base that people set, and the schedules that run over it in the order in which they began.</summary>
    private sealed class Model
    {
        private int _base;

        public List<int> Running { get; } = [];

        public int Value => Running.Count > 0 ? 100 + Running[^1] : _base;

        public void Set(int value)
        {
            _base = value;
            Running.Clear();
        }
    }

    [Fact]
    public void Whatever_begins_ends_and_is_edited_in_whatever_order_the_newest_on_top_shows_and_at_last_the_base() =>
        Prop.ForAll(Orders, order =>
        {
            var (model, begun) = (new Model(), new HashSet<int>());
            var (current, stack) = ((JsonNode?)JsonValue.Create(0), LayerStack.Empty);
            foreach (var (move, at) in order.Select((move, at) => (move, at)))
            {
                var schedule = move % Schedules;
                if (move >= 2 * Schedules)
                {
                    model.Set(1_000 + at);
                    current = JsonValue.Create(1_000 + at);
                }
                else if (move < Schedules && begun.Add(schedule))
                {
                    model.Running.Add(schedule);
                    (current, stack, _) = LayerDecision.Start(current, stack, new Layer(schedule, JsonValue.Create(100 + schedule)));
                }
                else if (move >= Schedules)
                {
                    model.Running.Remove(schedule);
                    (current, stack, _) = LayerDecision.End(current, stack, schedule);
                }
                if ((int)current! != model.Value)
                    return false;
            }
            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_two_sales_on_one_product_either_may_end_first()
    {
        var (first, second) = (new Layer(1, 80), new Layer(2, 60));
        var both = LayerDecision.Start(80, LayerDecision.Start(100, LayerStack.Empty, first).Stack, second);

        ((int)both.Value!).ShouldBe(60);
        var firstEnds = LayerDecision.End(60, both.Stack, 1);
        ((int)firstEnds.Value!, (int)LayerDecision.End(60, firstEnds.Stack, 2).Value!).ShouldBe((60, 100));
        var secondEnds = LayerDecision.End(60, both.Stack, 2);
        ((int)secondEnds.Value!, (int)LayerDecision.End(80, secondEnds.Stack, 1).Value!).ShouldBe((80, 100));
    }

    [Fact]
    public void What_somebody_set_over_a_sale_stays_and_says_which_sales_it_ended()
    {
        var sale = LayerDecision.Start(100, LayerStack.Empty, new Layer(1, 80));

        var ended = LayerDecision.End(75, sale.Stack, 1);

        ((int)ended.Value!, ended.Stack, ended.Lifted.Single().Id).ShouldBe((75, LayerStack.Empty, 1));
        var taken = LayerDecision.Start(75, sale.Stack, new Layer(2, 60));
        ((int)taken.Stack.Beneath!, taken.Stack.Layers.Single().Id, taken.Lifted.Single().Id).ShouldBe((75, 2, 1));
    }

    [Fact]
    public void A_value_that_stays_ends_what_lay_beneath_and_nothing_is_a_value_too()
    {
        var sale = LayerDecision.Start(null, LayerStack.Empty, new Layer(1, 80));

        LayerDecision.End(80, sale.Stack, 1).Value.ShouldBeNull();
        var settled = LayerDecision.Settle(90, sale.Stack);
        ((int)settled.Value!, settled.Stack.Layers.Count, settled.Lifted.Count).ShouldBe((90, 0, 1));
    }
}
