namespace CowansDashboard.Sync.Pull;

/// <summary>What a merge did.</summary>
public readonly record struct MergeCounts()
{
    public long Inserted { get; init; }

    public long Updated { get; init; }

    public long Unchanged { get; init; }

    public long Deleted { get; init; }

    public long Conflicts { get; init; }

    /// <summary>Rows that PostgreSQL refused, each for itself.</summary>
    public long Failed { get; init; }

    public long Orphans { get; init; }

    /// <summary>What was refused, in words; the first few.</summary>
    public IReadOnlyList<string> Refusals { get; init; } = [];

    /// <summary>Shopify's ids of products to read again: a later read had written one of their rows.</summary>
    public IReadOnlyList<long> Reread { get; init; } = [];

    public static MergeCounts operator +(MergeCounts left, MergeCounts right) => new()
    {
        Inserted = left.Inserted + right.Inserted,
        Updated = left.Updated + right.Updated,
        Unchanged = left.Unchanged + right.Unchanged,
        Deleted = left.Deleted + right.Deleted,
        Conflicts = left.Conflicts + right.Conflicts,
        Failed = left.Failed + right.Failed,
        Orphans = left.Orphans + right.Orphans,
        Refusals = [.. left.Refusals, .. right.Refusals],
        Reread = [.. left.Reread, .. right.Reread],
    };
}
