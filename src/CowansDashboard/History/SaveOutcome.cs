using System.Text.Json.Nodes;

namespace CowansDashboard.History;

/// <summary>What became of a save.</summary>
public abstract record SaveOutcome
{
    private SaveOutcome()
    {
    }

    /// <summary>Written. Change set 0 means that everything was so already.</summary>
    public sealed record Saved(long ChangeSetId, int Entities, int Fields) : SaveOutcome
    {
        /// <summary>Fields that held something else than the person saw; only where those are skipped.</summary>
        public IReadOnlyList<StaleField> LeftOut { get; init; } = [];

        /// <summary>Values that were no good; only where those are skipped.</summary>
        public IReadOnlyList<EditProblem> NotSaved { get; init; } = [];

        /// <summary>The ids of new rows, by the key that stood for each.</summary>
        public IReadOnlyDictionary<long, long> Created { get; init; } = new Dictionary<long, long>();

        /// <summary>Together with the next batch of the same change set; batches hold no new rows.</summary>
        internal Saved And(Saved more) => new(Math.Max(ChangeSetId, more.ChangeSetId), Entities + more.Entities, Fields + more.Fields)
        {
            LeftOut = [.. LeftOut, .. more.LeftOut],
            NotSaved = [.. NotSaved, .. more.NotSaved],
            Created = Created.Count == 0 ? more.Created : Created,
        };
    }

    /// <summary>Somebody changed these fields meanwhile. Nothing was written: offer a merge.</summary>
    public sealed record Stale(IReadOnlyList<StaleField> Fields) : SaveOutcome;

    /// <summary>These values are no good. Nothing was written.</summary>
    public sealed record Refused(IReadOnlyList<EditProblem> Problems) : SaveOutcome;
}

/// <summary>A field that holds something else than the person saw, and who changed it last if that is known.</summary>
public sealed record StaleField(string Entity, long EntityId, string Field, JsonNode? Seen, JsonNode? Current, JsonNode? New)
{
    public string? ChangedBy { get; init; }

    public DateTimeOffset? ChangedAt { get; init; }
}

/// <summary>A value that cannot be taken: where, which, and what would be right.</summary>
public sealed record EditProblem(string Entity, long EntityId, string Field, JsonNode? Value, string Sentence);
