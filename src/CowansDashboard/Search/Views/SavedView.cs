namespace CowansDashboard.Search.Views;

/// <summary>A filter, an order and columns under a name: a tab of the grid.</summary>
public sealed record SavedView(long Id, string Name, ProductFilter Filter, ProductSort Sort, IReadOnlyList<string> Columns, bool Shared, bool Mine)
{
    public const int LongestName = 60;
}

/// <summary>What became of saving a view.</summary>
public abstract record SaveViewOutcome
{
    private SaveViewOutcome() { }

    public sealed record Saved(long Id) : SaveViewOutcome;

    public sealed record NameTaken(string Name) : SaveViewOutcome;

    public sealed record BadName(string Reason) : SaveViewOutcome;

    /// <summary>It is gone, or another person's.</summary>
    public sealed record NotYours : SaveViewOutcome;
}
