namespace CowansDashboard.Sync.Push;

/// <summary>The calls of a plan and their points: those of which a bulk mutation can be made, and those of products that are read whole.</summary>
/// <param name="PlainCalls">Mutations of products of which nothing but fields changes.</param>
/// <param name="PlainPoints">What they cost, with the looks before them.</param>
/// <param name="WholeCalls">Mutations of products that are read whole, before and after.</param>
/// <param name="WholePoints">What they and those looks cost.</param>
/// <param name="Looks">How many calls only read; of one product parts of a call, since one reads many.</param>
public readonly record struct PushLoad(int PlainCalls, double PlainPoints, int WholeCalls, double WholePoints, double Looks = 0)
{
    public int Calls => PlainCalls + WholeCalls;

    public double Points => PlainPoints + WholePoints;

    public static PushLoad operator +(PushLoad left, PushLoad right) =>
        new(left.PlainCalls + right.PlainCalls, left.PlainPoints + right.PlainPoints, left.WholeCalls + right.WholeCalls, left.WholePoints + right.WholePoints, left.Looks + right.Looks);

    public static PushLoad operator -(PushLoad left, PushLoad right) =>
        new(left.PlainCalls - right.PlainCalls, left.PlainPoints - right.PlainPoints, left.WholeCalls - right.WholeCalls, left.WholePoints - right.WholePoints, left.Looks - right.Looks);
}

/// <summary>What a plan knows of the shop: its budget now, and what earlier pushes have shown of calls, lines and the points' flow.</summary>
public sealed record PushFacts(double RestoreRate, double Available)
{
    /// <summary>What one call takes where points do not hold it up, ten being under way at once.</summary>
    public double SecondsOfCall { get; init; } = 0.015;

    /// <summary>What a push takes that its points hold up, beside points ÷ restore rate.</summary>
    public double OfBudget { get; init; } = 1;

    /// <summary>What Shopify takes for one line of a bulk mutation.</summary>
    public double SecondsOfLine { get; init; } = 0.03;

    /// <summary>What a line of the first and of the last round takes before Shopify has anything to do and after it has done all: looking and reading answers.</summary>
    public double SecondsAtEnds { get; init; } = 0.0005;

    /// <summary>What a line takes in pauses between Shopify's operations.</summary>
    public double SecondsBetween { get; init; }

    /// <summary>How many bulk pushes have shown this.</summary>
    public int BulkRuns { get; init; }

    /// <summary>The same, corrected by what one push took; the latest direct one counts, and the mean of the latest bulk ones.</summary>
    public PushFacts With(PushTiming timing)
    {
        var seconds = Math.Max(0, timing.Seconds - PushForecast.Fixed);
        if (timing.Path == "bulk")
        {
            if (timing is not { Load.PlainCalls: > 0 and var lines, OwnSeconds: > 0 and var own })
                return this;
            var around = Math.Max(0, seconds - own - new PushForecast(this).Direct(timing.Load.WholePoints, timing.Load.WholeCalls));
            var ends = Math.Min(around, timing.AtTheEnds ?? 0);
            return this with
            {
                SecondsOfLine = Mean(SecondsOfLine, own / lines),
                SecondsAtEnds = Mean(SecondsAtEnds, ends / PushForecast.LinesAtEnds(lines)),
                SecondsBetween = Mean(SecondsBetween, (around - ends) / lines),
                BulkRuns = BulkRuns + 1,
            };
        }
        if (timing.Load.Calls == 0 || timing.RestoreRate <= 0)
            return this;
        var flow = Math.Max(0, timing.Load.Points - timing.Available) / timing.RestoreRate;
        // A push that takes much longer than its points flow back was held up by its calls.
        // One that needed no more than what stood ready tells nothing of the flow.
        return flow <= 0 || seconds > flow * 1.2
            ? this with { SecondsOfCall = seconds / timing.Load.Calls, OfBudget = 1 }
            : this with { SecondsOfCall = Math.Min(SecondsOfCall, seconds / timing.Load.Calls), OfBudget = seconds / flow };

        double Mean(double before, double now) => BulkRuns == 0 ? now : (before * BulkRuns + now) / (BulkRuns + 1);
    }
}

/// <summary>How long a push took, of how much, and what the budget was.</summary>
public sealed record PushTiming(string Path, PushLoad Load, double Seconds, double RestoreRate, double Available, double? OwnSeconds)
{
    /// <summary>Where the time of a bulk push went: seconds by stage.</summary>
    public System.Text.Json.Nodes.JsonObject? Stages { get; init; }

    /// <summary>Seconds of a bulk push before Shopify had anything to do and after it had done all; null where nobody has measured it.</summary>
    public double? AtTheEnds => Stages?[PushStages.Ends]?.GetValue<double>();
}

/// <summary>How long a load would take on either path. Pure.</summary>
public sealed class PushForecast(PushFacts facts)
{
    /// <summary>From the click to the first call, and from the last answer to the end.</summary>
    public const double Fixed = 1;

    public double Direct(PushLoad load) => load.Calls == 0 ? 0 : Fixed + Direct(load.Points, load.Calls);

    public double Bulk(PushLoad load) =>
        Fixed + load.PlainCalls * (facts.SecondsOfLine + facts.SecondsBetween) + LinesAtEnds(load.PlainCalls) * facts.SecondsAtEnds + Direct(load.WholePoints, load.WholeCalls);

    /// <summary>Lines of the first and of the last round, at two a product: between them all else goes on beside Shopify's work.</summary>
    internal static int LinesAtEnds(int lines) => Math.Min(lines, 2 * 2 * BulkRounds.AtTheEnds);

    internal double Direct(double points, int calls) =>
        Math.Max(Math.Max(0, points - facts.Available) / facts.RestoreRate * facts.OfBudget, calls * facts.SecondsOfCall);
}
