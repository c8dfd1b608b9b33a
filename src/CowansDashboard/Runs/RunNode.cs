using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Runs;

/// <summary>
/// Keeps this node alive in the eyes of the others and makes sure that every run that could be performed is: those of
/// dead nodes, interrupted ones, ones whose time to resume has come, and ones that the schedule has not picked up.
/// </summary>
internal sealed partial class RunNode(
    NpgsqlDataSource database, RunsHere here, RunLife life, TakeOverRuns takeOver, PerformRun perform, ReadRuns rows,
    RunsOptions options, IHostApplicationLifetime host, TimeProvider clock, ILogger<RunNode> log) : BackgroundService
{
    private static readonly TimeSpan OwnEarlierLife = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Reconnect = TimeSpan.FromMilliseconds(300);

    private readonly SemaphoreSlim _wake = new(0, 1);
    private int _stopping;
    private NpgsqlConnection? _alive;
    private Task _takingOver = Task.CompletedTask;
    private bool _locked;
    private long _began;
    private long _connected;

    /// <summary>Looks now instead of at the next beat.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Woken already.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var closing = host.ApplicationStopping.Register(here.Close);
        _began = clock.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Beat(stoppingToken);
                await _wake.WaitAsync(options.Beat, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            catch (Exception error) when (error is NpgsqlException or InvalidOperationException)
            {
                LogLost(error.Message);
                await Disconnect();
                await Task.Delay(Reconnect, clock, CancellationToken.None);
            }
            // An exception that left this loop would stop the whole host.
            catch (Exception error)
            {
                LogStumbled(error);
                await Task.Delay(Reconnect, clock, CancellationToken.None);
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // A host that is stopped from two sides at once (a signal while it is disposed) stops its services twice.
        if (Interlocked.Exchange(ref _stopping, 1) == 1)
            return;
        here.Close();
        while (here.Count > 0 && !cancellationToken.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromMilliseconds(20), clock, CancellationToken.None);
        await base.StopAsync(cancellationToken);
        await _takingOver;
        try
        {
            if (_alive is not null)
                await Execute("update run_nodes set ended_at = now() where id = $1", [life.Id], CancellationToken.None);
        }
        catch (NpgsqlException error)
        {
            LogLost(error.Message);
        }
        if (_alive is not null)
            await _alive.DisposeAsync();
        _alive = null;
    }

    private async Task Beat(CancellationToken cancel)
    {
        if (_alive is null)
        {
            _alive = await database.OpenConnectionAsync(cancel);
            _connected = clock.GetTimestamp();
        }
        if (life.Id == 0)
        {
            await using var begin = new NpgsqlCommand("insert into run_nodes (name) values ($1) returning id", _alive);
            begin.Parameters.Add(new() { Value = options.NodeName });
            life.Id = (int)(await begin.ExecuteScalarAsync(cancel))!;
            LogBegins(options.NodeName, life.Id);
        }
        // The session of before a break may still hold it for a moment; then the next beat gets it.
        if (!_locked)
        {
            await using var hold = new NpgsqlCommand($"select pg_try_advisory_lock({RunLife.LockClass}, $1)", _alive);
            hold.Parameters.Add(new() { Value = life.Id });
            _locked = (bool)(await hold.ExecuteScalarAsync(cancel))!;
        }
        await Execute("update run_nodes set heartbeat = now(), ended_at = null where id = $1", [life.Id], cancel);
        await Execute("""
            update runs set heartbeat = now() where id in (
                select id from runs where owner = $1 and status in ('running', 'waiting', 'pausing', 'cancelling')
                for no key update skip locked)
            """, [life.Id], cancel);
        foreach (var row in await rows.List("where r.id = any ($1)", [here.Ids], cancel))
            here.Heard(row);
        if (!here.IsClosing)
            await Sweep(cancel);
    }

    private async Task Sweep(CancellationToken cancel)
    {
        if (_takingOver.IsCompleted)
            _takingOver = TakeOverAside(cancel);
        await Execute("""
            with due as (
                select id from runs where status = 'paused' and resume_at <= now() for no key update skip locked)
            update runs set status = 'enqueued', enqueued_at = now(), resume_at = null, reason = null
            from due where runs.id = due.id
            """, [], cancel);
        await using var find = new NpgsqlCommand("""
            select id from runs
            where status = 'interrupted' or status = 'enqueued' and enqueued_at < now() - interval '1 second'
            order by id limit $1
            """, _alive);
        find.Parameters.Add(new() { Value = Math.Max(0, options.AtOnce - here.Count) });
        var waiting = new List<long>();
        await using (var reader = await find.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                waiting.Add(reader.GetInt64(0));
        foreach (var id in waiting.Where(id => !here.Holds(id)))
            _ = PerformAside(id);
    }

    // Not awaited: a take-over may have to wait for a transaction, and a node that does not beat meanwhile looks dead itself.
    private async Task TakeOverAside(CancellationToken cancel)
    {
        try
        {
            await takeOver.TakeOver(
                clock.GetElapsedTime(_began) < OwnEarlierLife, clock.GetElapsedTime(_connected) > options.GoneAfter, cancel);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            LogNotTaken(error.Message);
        }
        catch (OperationCanceledException)
        {
            // The node stops; another one takes over.
        }
    }

    // Not awaited: a run takes as long as it takes. StopAsync waits for it through RunsHere.
    private async Task PerformAside(long id)
    {
        try
        {
            await perform.Perform(id, CancellationToken.None);
        }
        catch (Exception error)
        {
            LogUnclaimed(id, error.Message);
        }
    }

    private async Task Execute(string sql, object[] parameters, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, _alive);
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task Disconnect()
    {
        life.Lost(clock);
        if (_alive is not null)
            await _alive.DisposeAsync();
        (_alive, _locked) = (null, false);
        database.Clear();
    }

    [LoggerMessage(2030, LogLevel.Information, "Node {Name} begins life {Life}")]
    private partial void LogBegins(string name, int life);

    [LoggerMessage(2031, LogLevel.Warning, "The database is away, this node tries again: {Error}")]
    private partial void LogLost(string error);

    [LoggerMessage(2032, LogLevel.Warning, "Run {Run} could not be claimed yet: {Error}")]
    private partial void LogUnclaimed(long run, string error);

    [LoggerMessage(2033, LogLevel.Error, "A beat of this node went wrong; it goes on with the next one")]
    private partial void LogStumbled(Exception error);

    [LoggerMessage(2034, LogLevel.Warning, "Runs of lost nodes could not be taken over yet: {Error}")]
    private partial void LogNotTaken(string error);
}
