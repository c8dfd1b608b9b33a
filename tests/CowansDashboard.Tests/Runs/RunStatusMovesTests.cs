using CowansDashboard.Runs;
using CowansDashboard.Tests.Support;
using Npgsql;

namespace CowansDashboard.Tests.Runs;

[Trait("Category", "Integration")]
public sealed class RunStatusMovesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task The_database_allows_exactly_the_moves_of_the_table()
    {
        var store = await RunsOfTests.Store(database);
        var wrong = new List<string>();
        foreach (var from in Enum.GetValues<RunStatus>())
            foreach (var to in Enum.GetValues<RunStatus>().Where(to => to != from))
                if (await DatabaseAllows(store, from, to) != RunStatusMoves.MayGo(from, to))
                    wrong.Add($"{from} to {to}");

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_database_gives_the_same_reasons()
    {
        var reasons = new Dictionary<(RunStatus, RunStatus), string>();
        await using var command = database.Source.CreateCommand("select from_status, to_status, reason from run_status_moves");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            reasons.Add((RunStatuses.Parse(reader.GetString(0)), RunStatuses.Parse(reader.GetString(1))), reader.GetString(2));

        reasons.OrderBy(pair => pair.Key).ShouldBe(RunStatusMoves.All.OrderBy(pair => pair.Key));
    }

    [Fact]
    public void Every_status_but_success_leads_on_and_every_one_can_be_reached()
    {
        var reached = new HashSet<RunStatus> { RunStatus.Enqueued };
        while (RunStatusMoves.All.Keys.FirstOrDefault(move => reached.Contains(move.From) && !reached.Contains(move.To)) is { } next && next.From != next.To)
            reached.Add(next.To);

        reached.Order().ShouldBe(Enum.GetValues<RunStatus>().Order());
        Enum.GetValues<RunStatus>().Where(from => !RunStatusMoves.All.Keys.Any(move => move.From == from)).ShouldBe([RunStatus.Succeeded]);
    }

    [Fact]
    public void What_a_person_asks_or_a_lost_node_leaves_behind_is_always_a_legal_move()
    {
        foreach (var from in Enum.GetValues<RunStatus>())
            foreach (var to in new[] { RunStatusMoves.AskToPause(from), RunStatusMoves.AskToCancel(from), RunStatusMoves.AfterLoss(from) })
                (to is null || to == from || RunStatusMoves.MayGo(from, to.Value)).ShouldBeTrue($"{from} to {to}");
    }

    [Fact]
    public async Task A_run_can_only_begin_enqueued()
    {
        var store = await RunsOfTests.Store(database);

        var refused = await Should.ThrowAsync<PostgresException>(() => database.Scalar<long>(
            "insert into runs (store_id, kind, asked_by_name, status) values ($1, 'x', 'Ann', 'running') returning id", store));

        refused.MessageText.ShouldBe("A run begins as enqueued, not as running.");
    }

    // The row is put into its first status past the check, as no legal way leads to some of them directly.
    private async Task<bool> DatabaseAllows(long store, RunStatus from, RunStatus to)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var insert = new NpgsqlCommand("insert into runs (store_id, kind, asked_by_name) values ($1, 'x', 'Ann') returning id", connection, transaction);
        insert.Parameters.Add(new() { Value = store });
        var id = (long)(await insert.ExecuteScalarAsync())!;
        await using var place = new NpgsqlCommand($"set local session_replication_role = replica; update runs set status = '{from.Text()}' where id = {id}; set local session_replication_role = origin", connection, transaction);
        await place.ExecuteNonQueryAsync();
        try
        {
            await using var move = new NpgsqlCommand($"update runs set status = '{to.Text()}' where id = {id}", connection, transaction);
            return await move.ExecuteNonQueryAsync() == 1;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.CheckViolation)
        {
            refused.MessageText.ShouldBe($"A run cannot go from {from.Text()} to {to.Text()}.");
            return false;
        }
    }
}
