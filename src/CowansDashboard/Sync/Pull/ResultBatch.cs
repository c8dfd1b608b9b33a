namespace CowansDashboard.Sync.Pull;

/// <summary>A batch of a result on its way into the copy, and where reading goes on after it.</summary>
public sealed class ResultBatch(StagedRows rows)
{
    private const int MostDescribed = 20;

    public StagedRows Rows => rows;

    public long NextOffset { get; set; }

    public long Lines { get; set; }

    /// <summary>Lines that could not be read, all of them.</summary>
    public long BrokenLines { get; private set; }

    /// <summary>The first of them, and why.</summary>
    public List<string> Broken { get; } = [];

    public void Break(string line)
    {
        BrokenLines++;
        if (Broken.Count < MostDescribed)
            Broken.Add(line);
    }

    public void Clear()
    {
        rows.Clear();
        Broken.Clear();
        BrokenLines = 0;
        Lines = 0;
    }
}
