using CowansDashboard.Shopify.Throttling;
using CowansDashboard.Stores;
using CowansDashboard.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CowansDashboard.Tests.Stores;

[Trait("Category", "Integration")]
public sealed class LeasedBudgetTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task One_node_alone_holds_the_whole_budget()
    {
        var alone = Node(1);

        var share = await alone.Renew(0, default);

        share.Fraction.ShouldBe(1);
        alone.Current.ShouldBe(share);
    }

    [Fact]
    public async Task A_second_node_gets_its_part_when_the_first_prolongs_and_never_is_more_than_the_whole_held()
    {
        var (first, second) = (Node(2), Node(2));
        await first.Renew(9, default);

        (await second.Renew(9, default)).Fraction.ShouldBe(0);
        (await first.Renew(9, default)).Fraction.ShouldBe(0.5, 0.001);
        (await second.Renew(9, default)).Fraction.ShouldBe(0.5, 0.001);
    }

    [Fact]
    public async Task An_idle_node_gets_little()
    {
        var (busy, idle) = (Node(3), Node(3));
        await busy.Renew(19, default);
        await idle.Renew(0, default);

        (await busy.Renew(19, default)).Fraction.ShouldBeGreaterThan(0.9);
        (await idle.Renew(0, default)).Fraction.ShouldBeInRange(0.01, 0.1);
    }

    [Fact]
    public async Task The_share_of_a_dead_node_returns_when_it_expires()
    {
        var (dead, living) = (Node(4), Node(4));
        await dead.Renew(5, default);
        await Expire("budget_leases", 4);

        (await living.Renew(5, default)).Fraction.ShouldBe(1);
    }

    [Fact]
    public async Task Eight_nodes_that_ask_at_once_never_hold_more_than_the_whole()
    {
        var nodes = Enumerable.Range(0, 8).Select(_ => Node(5)).ToList();
        var most = 0.0;
        for (var round = 0; round < 6; round++)
        {
            await Task.WhenAll(nodes.Select((node, n) => node.Renew(n * round % 7, default).AsTask()));
            most = Math.Max(most, nodes.Sum(node => node.Current.Fraction));
        }

        most.ShouldBeLessThanOrEqualTo(1.000001);
        nodes.ShouldAllBe(node => node.Current.Fraction > 0);
    }

    [Fact]
    public async Task Twelve_takers_on_two_nodes_get_five_slots_of_each_kind()
    {
        var nodes = new[] { Node(6), Node(6) };

        var slots = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => nodes[n % 2].TryTakeSlot(BulkSlotKind.Query, default).AsTask()));
        var other = await nodes[0].TryTakeSlot(BulkSlotKind.Mutation, default);

        var held = slots.OfType<IBulkSlot>().ToList();
        held.Count.ShouldBe(5);
        other.ShouldNotBeNull();
        await held[2].DisposeAsync();
        (await nodes[1].TryTakeSlot(BulkSlotKind.Query, default)).ShouldNotBeNull();
        (await nodes[0].TryTakeSlot(BulkSlotKind.Query, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_slot_that_expired_is_lost_to_whoever_takes_it_and_kept_if_nobody_did()
    {
        var (late, next) = (Node(7), Node(7));
        var slots = new List<IBulkSlot>();
        for (var n = 0; n < 5; n++)
            slots.Add((await late.TryTakeSlot(BulkSlotKind.Query, default))!);
        await Expire("bulk_slots", 7);

        (await next.TryTakeSlot(BulkSlotKind.Query, default)).ShouldNotBeNull();

        (await slots[0].Renew(default)).ShouldBeFalse();
        (await slots[1].Renew(default)).ShouldBeTrue();
    }

    [Fact]
    public async Task Without_a_database_the_share_held_stays_until_its_end()
    {
        await using var own = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = 1, Timeout = 1 });
        var node = new LeasedBudget(8, own, TimeProvider.System, NullLogger<LeasedBudget>.Instance);

        (await node.Renew(1, default)).ShouldBe(BudgetShare.None);
    }

    private LeasedBudget Node(long store) => new(store, database.Source, TimeProvider.System, NullLogger<LeasedBudget>.Instance);

    private Task<long> Expire(string table, long store) => database.Scalar<long>(
        $"with gone as (update {table} set held_until = now() - interval '1 second' where store_id = $1 returning 1) select count(*) from gone", store);
}
