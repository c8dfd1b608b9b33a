namespace CowansDashboard.Runs.Progress;

/// <summary>One part of a run that advances on its own. Safe to use from several threads.</summary>
public sealed class RunStream
{
    private readonly RunProgress _run;
    private readonly RunRate _rate;

    internal RunStream(RunProgress run, string name, string how, int position, TimeProvider clock)
    {
        (_run, Name, How, Position) = (run, name, how, position);
        _rate = new RunRate(clock);
    }

    public string Name { get; }

    /// <summary>How far it is, counting what a resumed run had done before.</summary>
    public long SoFar { get; internal set; }

    internal string How { get; set; }
    internal int Position { get; }
    internal string? Stage { get; set; }
    internal long? Total { get; set; }
    internal bool IsDone { get; set; }
    internal bool IsUnwritten { get; set; } = true;
    internal long Unwritten { get; set; }

    public void SetStage(string? text) => _run.Change(this, () => Stage = text is null ? null : RunText.Clean(text));

    /// <summary>Null: nobody knows yet.</summary>
    public void SetTotal(long? total) => _run.Change(this, () => Total = total);

    /// <summary>
    /// Counts at once, before anything is committed. What is committed in a <see cref="FencedTransaction"/> is better
    /// counted there: it then counts exactly once, whatever dies in between.
    /// </summary>
    public void Advance(long n) => _run.Change(this, () =>
    {
        SoFar += n;
        Unwritten += n;
    });

    /// <summary>Sets the count itself, when a resumed run begins this stream again.</summary>
    public void ResetTo(long soFar) => _run.Change(this, () =>
    {
        Unwritten += soFar - SoFar;
        SoFar = soFar;
        IsDone = false;
    });

    public void Done() => _run.Change(this, () => IsDone = true);

    internal void Resume(RunStreamSnapshot saved)
    {
        (Stage, SoFar, Total, IsDone, IsUnwritten) = (saved.Stage, saved.Done, saved.Total, saved.IsDone, false);
        _rate.At(SoFar);
    }

    internal RunStreamSnapshot Snapshot() => new(Name, How, Stage, SoFar, Total, IsDone ? 0 : _rate.At(SoFar), IsDone);
}
