namespace CowansDashboard.Shopify.Bulk;

/// <summary>How bulk operations are watched and their results fetched.</summary>
public sealed record BulkOptions
{
    /// <summary>The first pause between two looks at an operation; each next one is half as long again. Default 250 ms.</summary>
    public TimeSpan FirstPoll { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest pause between two looks. Default 5 seconds.</summary>
    public TimeSpan LongestPoll { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause between two looks at an operation whose end can be guessed. Default 40 seconds.</summary>
    public TimeSpan LongestGuess { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>How long an operation may write nothing before it is cancelled as stuck. Default 30 minutes.</summary>
    public TimeSpan StuckAfter { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long to wait for a cancelled operation to end. Default 2 minutes.</summary>
    public TimeSpan CancelWithin { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long to wait before trying again for a slot. Default 2 seconds.</summary>
    public TimeSpan SlotAgain { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a start is tried again whose answer was lost and that Shopify does not list. Default 5; then its fault is thrown.</summary>
    public int UnknownStarts { get; init; } = 5;

    /// <summary>How long a download may bring no byte before it is taken up anew. Default 60 seconds.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a download is taken up anew without one more byte arriving. Default 6.</summary>
    public int ResumesWithoutProgress { get; init; } = 6;

    /// <summary>The pause before a download is taken up anew; doubled each time nothing came. Default half a second.</summary>
    public TimeSpan ResumeWait { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often an upload is tried. Default 4.</summary>
    public int UploadAttempts { get; init; } = 4;

    /// <summary>How long one upload may take. Default 10 minutes.</summary>
    public TimeSpan UploadTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a start that is on its way is still waited for after the caller gave up. Default 15 seconds.</summary>
    public TimeSpan LastAnswer { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How many pages of Shopify's list are looked through for an operation that may have started. Default 8, of 25 each.</summary>
    public int ListedPages { get; init; } = 8;
}
