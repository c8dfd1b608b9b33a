using System.Text.Json.Serialization;
using CowansDashboard.Runs;
using CowansDashboard.Tests.Support;
using Npgsql;

namespace CowansDashboard.Tests.Runs;

/// <summary>Work as a test says it.</summary>
internal sealed class WorkOf(RunKind kind, Func<RunContext, CancellationToken, Task> work) : IRunWork
{
    public RunKind Kind => kind;

    public Task Work(RunContext run, CancellationToken cancel) => work(run, cancel);
}

internal sealed record Place(int Next);

[JsonSerializable(typeof(Place))]
internal sealed partial class PlaceJson : JsonSerializerContext;

/// <summary>
/// A long work with a checkpoint at every step: step by step a row into run_steps, cursor and count in one fenced
/// transaction. A step done twice or a cursor that goes back shows in that table.
/// </summary>
/// <param name="holdAt">At this step it waits, inside its transaction, until <paramref name="goOn"/> is done.</param>
internal sealed class StepByStep(int steps, TimeSpan pause, int holdAt = -1, Task? goOn = null) : IRunWork
{
    public RunKind Kind { get; } = new("steps", null);

    public async Task Work(RunContext run, CancellationToken cancel)
    {
        var stream = run.Progress.Stream("steps", "one by one");
        stream.SetTotal(steps);
        for (var next = run.Cursor is { } cursor ? cursor.GetProperty("Next").GetInt32() : 0; next < steps; next++)
        {
            cancel.ThrowIfCancellationRequested();
            await run.CheckFence(cancel);
            await using var step = await run.Begin(cancel);
            await using (var insert = new NpgsqlCommand("insert into run_steps (run_id, step, epoch) values ($1, $2, $3)", step.Connection, step.Transaction))
            {
                insert.Parameters.Add(new() { Value = run.RunId });
                insert.Parameters.Add(new() { Value = next });
                insert.Parameters.Add(new() { Value = run.Epoch });
                await insert.ExecuteNonQueryAsync(cancel);
            }
            await step.SaveCursor(new Place(next + 1), PlaceJson.Default.Place, cancel);
            step.Advance(stream, 1);
            step.Count(RunCounter.Inserted, 1);
            await Task.Delay(pause, cancel);
            if (next == holdAt && goOn is not null)
                await goOn.WaitAsync(cancel);
            await step.Commit(cancel);
        }
        stream.Done();
    }

    public const string Table = "create table if not exists run_steps (run_id bigint, step int, epoch int, at timestamptz default clock_timestamp())";

    public static async Task EachOnceAndInOrder(TestDatabase database, RunHost node, long id, int steps)
    {
        (await database.Scalar<long>("select count(*) from run_steps where run_id = $1", id)).ShouldBe(steps);
        (await database.Scalar<long>("select count(distinct step) from run_steps where run_id = $1", id)).ShouldBe(steps);
        (await database.Scalar<bool>("select bool_and(step = place) from (select step, row_number() over (order by at) - 1 as place from run_steps where run_id = $1) s", id)).ShouldBeTrue();
        var run = (await node.Get<FindRun>().Find(id, default))!.Now;
        (run.Done, run.Counters.Inserted).ShouldBe((steps, steps));
    }
}
