using CowansDashboard.Data;
using CowansDashboard.Runs.Progress;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Runs;

/// <summary>
/// Claims a run, lets its work do it, and writes how it ended. Harmless when called for a run that somebody else
/// performs, that is finished, or that this node has no place for.
/// </summary>
internal sealed partial class PerformRun(
    NpgsqlDataSource database, IServiceScopeFactory scopes, ClaimRun claim, SettleRun settle, RunsHere here, RunLife life,
    RunBroadcast broadcast, WriteProgress write, RunsOptions options, TimeProvider clock, ILogger<PerformRun> log)
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan PatienceAtShutdown = TimeSpan.FromSeconds(5);

    public async Task Perform(long runId, CancellationToken cancel)
    {
        if (here.Take(runId, options.AtOnce) is not { } hand)
            return;
        try
        {
            if (await claim.Claim(runId, cancel) is { } run)
                await Perform(run, hand);
        }
        finally
        {
            here.Remove(hand);
        }
    }

    private async Task Perform(Run run, RunInHand hand)
    {
        LogBegins(run.Now.Id, run.Now.Kind, run.Now.Epoch, run.Cursor is null ? "its beginning" : "its saved cursor");
        var progress = new RunProgress(run.Now, clock);
        (hand.Progress, hand.Epoch) = (progress, run.Now.Epoch);
        var ticker = new RunTicker(progress, (hand.Id, hand.Epoch), () => hand.Stop(StopCause.Fenced), broadcast, write, clock, log);
        RunOutcome outcome;
        await using (ticker)
            outcome = await Work(run, progress, hand);
        LogEnds(run.Now.Id, run.Now.Epoch, outcome.GetType().Name);
        if (outcome is not RunOutcome.Abandoned)
            await Settle(hand, ticker, outcome);
    }

    // The border where every exception of a work becomes an outcome.
    private async Task<RunOutcome> Work(Run run, RunProgress progress, RunInHand hand)
    {
        var began = clock.GetTimestamp();
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var work = scope.ServiceProvider.GetServices<IRunWork>().FirstOrDefault(one => one.Kind.Name == run.Now.Kind)
                ?? throw new InvalidOperationException($"This version of the program has no work for runs of the kind \"{run.Now.Kind}\".");
            await work.Work(new RunContext(run, progress, database, () => hand.Stop(StopCause.Fenced)), hand.Stopping);
            return hand.Cause == StopCause.Fenced ? new RunOutcome.Abandoned() : new RunOutcome.Succeeded();
        }
        catch (Exception error)
        {
            var outcome = RunOutcome.Of(error, hand.Cause, life.WasLostSince(began, clock));
            if (outcome is RunOutcome.Failed)
                LogFailed(error, run.Now.Id, run.Now.Kind);
            return outcome;
        }
    }

    // A finished run must not stay "running" because the database is away just now: it is tried until written.
    private async Task Settle(RunInHand hand, RunTicker ticker, RunOutcome outcome)
    {
        long? closing = null;
        while (true)
        {
            try
            {
                await ticker.Flush(CancellationToken.None);
                await settle.Settle(hand.Id, hand.Epoch, outcome, CancellationToken.None);
                return;
            }
            catch (RunFencedException)
            {
                return;
            }
            catch (PostgresException error) when (!LostDatabase.Is(error) && !error.IsTransient)
            {
                // Trying this again would go on for ever. As nobody performs it now, the node takes it over from itself,
                // and a run that is lost again and again fails.
                LogUnwritable(error, hand.Id);
                return;
            }
            catch (NpgsqlException error)
            {
                LogUnsettled(hand.Id, error.Message);
                if (here.IsClosing)
                    closing ??= clock.GetTimestamp();
                if (closing is { } since && clock.GetElapsedTime(since) > PatienceAtShutdown)
                    return;
                await Task.Delay(Again, clock);
            }
        }
    }

    [LoggerMessage(2010, LogLevel.Information, "Run {Run} ({Kind}) begins under epoch {Epoch}, from {From}")]
    private partial void LogBegins(long run, string kind, int epoch, string from);

    [LoggerMessage(2011, LogLevel.Information, "Run {Run} under epoch {Epoch} ended: {Outcome}")]
    private partial void LogEnds(long run, int epoch, string outcome);

    [LoggerMessage(2012, LogLevel.Error, "Run {Run} ({Kind}) failed")]
    private partial void LogFailed(Exception error, long run, string kind);

    [LoggerMessage(2014, LogLevel.Error, "The end of run {Run} cannot be written")]
    private partial void LogUnwritable(Exception error, long run);

    [LoggerMessage(2013, LogLevel.Warning, "The end of run {Run} could not be written yet: {Error}")]
    private partial void LogUnsettled(long run, string error);
}
