using System.Text.Json;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Sync.Reconcile;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>Something that can come again and again in a shop: what it is called, what it does, and when it comes unless somebody says otherwise.</summary>
/// <param name="Name">As programs and the database call it.</param>
/// <param name="Title">As people call it.</param>
/// <param name="Does">What it does, in a sentence.</param>
/// <param name="Default">When a newly connected shop has it.</param>
public sealed record RecurringKind(string Name, string Title, string Does, Rhythm Default)
{
    /// <summary>The kind of run that it starts; null where it is done at once by an <see cref="IRecurringTask"/>.</summary>
    public RunKind? Run { get; init; }

    /// <summary>What that run is told.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>Kinds of runs that read the same: while one of them is unfinished, it is not needed.</summary>
    public IReadOnlyList<string> SameAs { get; init; } = [];

    /// <summary>It goes on from a pull of the whole shop.</summary>
    public bool NeedsPulledShop => Run is not null;

    public static readonly RecurringKind PullChanges = new("pull-changes", "Pull changes", "Reads what changed in Shopify since the last pull.", Rhythm.Every(20))
    {
        Run = StartPull.Incremental,
        SameAs = [StartPull.Full.Name, StartPull.Incremental.Name, StartComparison.Kind.Name],
    };

    public static readonly RecurringKind CompareQuick = new("compare-quick", "Compare quickly", "Lists what Shopify has and when it was changed, and reads again what is new, gone or changed.", Rhythm.Every(60, 0, 10))
    {
        Run = StartComparison.Kind,
        Parameters = StartComparison.Parameters(ComparisonDepth.Quick),
        SameAs = [StartPull.Full.Name, StartComparison.Kind.Name],
    };

    public static readonly RecurringKind CompareFull = new("compare-full", "Compare everything", "Reads every field of every row and finds what no webhook told.", Rhythm.Daily(3, 30))
    {
        Run = StartComparison.Kind,
        Parameters = StartComparison.Parameters(ComparisonDepth.Full),
        SameAs = [StartPull.Full.Name],
    };

    public static readonly RecurringKind CheckWebhooks = new("check-subscriptions", "Check webhook subscriptions", "Asks Shopify which webhooks it sends here, and registers again what is gone.", Rhythm.Every(15, 0, 5));

    public static readonly RecurringKind Sweep = new("sweep", "Clear out old records", "Deletes events that were handled long ago, and differences that were settled 90 days ago.", Rhythm.Daily(4, 10));

    public static readonly RecurringKind AutomaticCollections = new("automatic-collections", "Make automatic collections", "Makes the collections that kept rules ask for and that are not there yet; they wait for a push, unless the rule sends them.", Rhythm.Daily(5, 0));

    public static readonly RecurringKind OrderCollections = new("order-collections", "Put collections in order", "Puts the products of collections in order by the rules that are kept; what has moved waits for a push, unless the rule sends it.", Rhythm.Daily(5, 20));

    /// <summary>Of these a shop has as many as people make: each row's name goes on with a colon and a number.</summary>
    public static readonly RecurringKind PullCollections = new("pull-collections", "Read collections again", "Reads the chosen collections again, with their members in order and every product in them.", Rhythm.Daily(6, 0))
    {
        Run = StartPull.Selection,
        SameAs = [StartPull.Full.Name],
    };

    /// <summary>What every shop has.</summary>
    public static IReadOnlyList<RecurringKind> All { get; } = [PullChanges, CompareQuick, CompareFull, CheckWebhooks, AutomaticCollections, OrderCollections, Sweep];

    /// <summary>The kind of a row by its name; null for one that this version does not know.</summary>
    public static RecurringKind? Of(string work) =>
        All.FirstOrDefault(kind => kind.Name == work) ?? (work.StartsWith($"{PullCollections.Name}:", StringComparison.Ordinal) ? PullCollections : null);

    /// <summary>The same for some collections, where it is for some.</summary>
    internal RecurringKind For(IReadOnlyCollection<long>? collections) =>
        collections is null ? this : this with { Parameters = JsonSerializer.SerializeToElement(new { shopifyIds = Array.Empty<long>(), collections }) };
}

/// <summary>What a task did, in a few words, and whether it could.</summary>
public sealed record RecurringResult(bool IsDone, string Said);

/// <summary>Recurring work that is short and done at once, not by a run of its own.</summary>
public interface IRecurringTask
{
    /// <summary>The name of its <see cref="RecurringKind"/>.</summary>
    string Work { get; }

    Task<RecurringResult> Perform(long storeId, CancellationToken cancel);
}
