using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;

namespace CowansDashboard.Catalog.Sheets;

/// <summary>A cell of a spreadsheet.</summary>
public readonly record struct SheetPlace(string Entity, long RowId, string Column);

/// <summary>A cell that shall hold another value than the person saw in it.</summary>
public sealed record SheetEdit(SheetPlace Place, JsonNode? Seen, JsonNode? New);

/// <summary>What a person says along with "save".</summary>
public sealed record SheetConsent
{
    /// <summary>How many prices and stocks become 0, as the person typed it.</summary>
    public long? Zeros { get; init; }
}

public abstract record SaveSheetOutcome
{
    private SaveSheetOutcome()
    {
    }

    /// <summary>One change set, and the cells that were left out of it.</summary>
    public sealed record Saved(long ChangeSetId, int Rows, int Cells) : SaveSheetOutcome
    {
        /// <summary>Somebody else changed these meanwhile: offer a merge.</summary>
        public IReadOnlyDictionary<SheetPlace, StaleField> Stale { get; init; } = new Dictionary<SheetPlace, StaleField>();

        /// <summary>These cannot be taken, and why.</summary>
        public IReadOnlyDictionary<SheetPlace, string> Refused { get; init; } = new Dictionary<SheetPlace, string>();
    }

    /// <summary>Prices or stocks would become 0: somebody has to type how many. Nothing was saved.</summary>
    public sealed record Asks(IReadOnlyList<string> Warnings, long Zeros) : SaveSheetOutcome;

    /// <summary>It is above what one person may do alone: prepared as an edit, a second one can approve it. Nothing was saved.</summary>
    public sealed record NeedsApproval(IReadOnlyList<string> Reasons) : SaveSheetOutcome;
}

/// <summary>
/// Saves cells of a spreadsheet as one change set, within the limits of a bulk edit. A cell that somebody else changed
/// meanwhile, or whose value is no good, stays behind and is named; all others are saved.
/// </summary>
public sealed class SaveSheet(ReadSheetRows read, ReadGuardLimits limits, SaveChangeSet saving)
{
    public async Task<SaveSheetOutcome> Save(
        ChangeSetHead head, IReadOnlyList<SheetEdit> edits, IReadOnlyList<SheetColumn> columns, SheetConsent consent, CancellationToken cancel)
    {
        var plan = await SheetPlan.Of(read, head.StoreId, edits, columns, cancel);
        var reach = plan.Reach;
        if ((await limits.Read(head.StoreId, cancel)).Exceeded(reach) is { Count: > 0 } reasons)
            return new SaveSheetOutcome.NeedsApproval(reasons);
        if (reach.Zeros > 0 && consent.Zeros != reach.Zeros)
            return new SaveSheetOutcome.Asks(reach.Warnings, reach.Zeros);

        return await saving.Save(head, plan.Wanted, StaleMeans.Skip, cancel) switch
        {
            SaveOutcome.Saved saved => new SaveSheetOutcome.Saved(saved.ChangeSetId, saved.Entities, saved.Fields)
            {
                Stale = plan.Places(saved.LeftOut, field => (field.Entity, field.EntityId, field.Field)),
                Refused = plan.Refused(saved.NotSaved),
            },
            // Only a new metafield can refuse all of it: half of its rows would help nobody.
            SaveOutcome.Refused refused => new SaveSheetOutcome.Saved(0, 0, 0) { Refused = plan.Refused(refused.Problems) },
            _ => throw new InvalidOperationException("A save that skips has no other outcome."),
        };
    }
}
