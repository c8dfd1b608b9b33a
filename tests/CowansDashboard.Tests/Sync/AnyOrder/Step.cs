using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Sync.AnyOrder;

/// <summary>What happens to a shop.</summary>
internal enum Deed
{
    Edit,

    /// <summary>A field that a push has sent and whose answer is awaited.</summary>
    EditInFlight,
    Undo,
    Resolve,
    Rule,
    ForeignEdit,
    SilentEdit,
    Create,
    AddVariant,
    RemoveVariant,
    EditMade,
    ForeignEditMade,
    Delete,
    Restore,
    DeleteInShopify,
    PushDirect,
    PushInBulk,
    PullEverything,
    PullChanges,
    PullSelection,

    /// <summary>The windows of products that were deleted here are over.</summary>
    Purge,
}

/// <summary>What goes wrong, or takes its time, while a push or a pull is under way.</summary>
internal enum Trouble
{
    None,

    /// <summary>Shopify does what it is asked and the answer is lost.</summary>
    AnswerLost,

    /// <summary>The connection breaks in the middle of an answer, or before the question arrives.</summary>
    Dropped,

    /// <summary>A call is under way and not yet done while the rest happens.</summary>
    Held,

    /// <summary>A call is done and its answer not yet read while the rest happens: the answer comes late.</summary>
    Late,
}

/// <summary>What becomes of a run that is under way.</summary>
internal enum Turn
{
    GoesOn,

    /// <summary>The process that does it is killed, and another takes it over.</summary>
    Killed,

    /// <summary>A person pauses it and resumes it later; meanwhile the rest happens.</summary>
    Paused,

    /// <summary>A person cancels it; what it has sent is sent.</summary>
    Cancelled,
}

/// <summary>One thing that happens. The numbers choose among what there is by then: which field, which value, which change set.</summary>
internal sealed record Step(Deed Deed, int Which, int Value)
{
    public Trouble Trouble { get; init; }

    public Turn Turn { get; init; }

    public IReadOnlyList<Step> Meanwhile { get; init; } = [];

    public bool IsPush => Deed is Deed.PushDirect or Deed.PushInBulk;

    public override string ToString() =>
        $"{Deed} {Which}/{Value}{(Trouble == Trouble.None ? "" : $" {Trouble}")}{(Turn == Turn.GoesOn ? "" : $" {Turn}")}{(Meanwhile.Count == 0 ? "" : $" meanwhile [{string.Join("; ", Meanwhile)}]")}";

    /// <summary>A course of events; the same for the same seed.</summary>
    public static IReadOnlyList<Step> Course(ulong seed, int length) =>
        Gen.Sample(Gen.Frequency((3, ByPeople), (1, Runs)).ListOf(length), 1, new Rnd(seed), 50).Single();

    private static Gen<Step> ByPeople =>
        from deed in Gen.Frequency(
            (6, Gen.Constant(Deed.Edit)), (3, Gen.Constant(Deed.Undo)), (2, Gen.Constant(Deed.Resolve)), (1, Gen.Constant(Deed.Rule)),
            (3, Gen.Constant(Deed.ForeignEdit)), (1, Gen.Constant(Deed.SilentEdit)),
            (1, Gen.Constant(Deed.Create)), (1, Gen.Constant(Deed.AddVariant)), (1, Gen.Constant(Deed.RemoveVariant)), (2, Gen.Constant(Deed.EditMade)),
            (1, Gen.Constant(Deed.ForeignEditMade)), (1, Gen.Constant(Deed.Delete)), (1, Gen.Constant(Deed.Restore)), (1, Gen.Constant(Deed.DeleteInShopify)))
        from which in Gen.Choose(0, 999)
        from value in Gen.Choose(0, 999)
        select new Step(deed, which, value);

    private static Gen<Step> Runs =>
        from deed in Gen.Frequency(
            (6, Gen.Constant(Deed.PushDirect)), (3, Gen.Constant(Deed.PushInBulk)), (2, Gen.Constant(Deed.PullEverything)), (2, Gen.Constant(Deed.PullChanges)), (2, Gen.Constant(Deed.PullSelection)),
            (1, Gen.Constant(Deed.Purge)))
        from which in Gen.Choose(0, 999)
        from value in Gen.Choose(0, 999)
        from trouble in Gen.Frequency(
            (1, Gen.Constant(Trouble.None)), (2, Gen.Constant(Trouble.AnswerLost)), (1, Gen.Constant(Trouble.Dropped)), (4, Gen.Constant(Trouble.Held)), (5, Gen.Constant(Trouble.Late)))
        from turn in Gen.Frequency((12, Gen.Constant(Turn.GoesOn)), (3, Gen.Constant(Turn.Killed)), (3, Gen.Constant(Turn.Paused)), (1, Gen.Constant(Turn.Cancelled)))
        from count in Gen.Choose(2, 6)
        from meanwhile in Gen.Frequency((5, ByPeople), (2, InFlight), (1, Undisturbed)).ListOf(count)
        let waits = trouble is Trouble.Held or Trouble.Late
        select new Step(deed, which, value)
        {
            Trouble = trouble,
            Turn = waits ? turn : Turn.GoesOn,
            // A pull begun earlier ends later than a push.
            Meanwhile = !waits ? [] : deed == Deed.PullEverything ? [.. meanwhile, new Step(Deed.PushDirect, which, value)] : [.. meanwhile],
        };

    private static Gen<Step> InFlight =>
        from which in Gen.Choose(0, 999)
        from value in Gen.Choose(0, 999)
        select new Step(Deed.EditInFlight, which, value);

    private static Gen<Step> Undisturbed =>
        from deed in Gen.Elements(Deed.PushDirect, Deed.PushInBulk, Deed.PullChanges, Deed.PullSelection, Deed.Purge)
        from which in Gen.Choose(0, 999)
        select new Step(deed, which, which);
}
