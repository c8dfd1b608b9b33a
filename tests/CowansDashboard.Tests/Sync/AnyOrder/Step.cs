using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Sync.AnyOrder;

/// <summary>What happens to a shop.</summary>
internal enum Deed
{
    Edit,
    Undo,
    Resolve,
    ForeignEdit,
    SilentEdit,
    PushDirect,
    PushInBulk,
    PullEverything,
    PullChanges,
    PullSelection,
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

/// <summary>One thing that happens. The numbers choose among what there is by then: which field, which value, which change set.</summary>
internal sealed record Step(Deed Deed, int Which, int Value)
{
    public Trouble Trouble { get; init; }

    /// <summary>The process that does it is killed while it is under way, and another takes it over.</summary>
    public bool Killed { get; init; }

    public IReadOnlyList<Step> Meanwhile { get; init; } = [];

    public bool IsPush => Deed is Deed.PushDirect or Deed.PushInBulk;

    public bool IsRun => Deed >= Deed.PushDirect;

    public override string ToString() =>
        $"{Deed} {Which}/{Value}{(Trouble == Trouble.None ? "" : $" {Trouble}")}{(Killed ? " Killed" : "")}{(Meanwhile.Count == 0 ? "" : $" meanwhile [{string.Join("; ", Meanwhile)}]")}";

    /// <summary>A course of events; the same for the same seed.</summary>
    public static IReadOnlyList<Step> Course(ulong seed, int length) =>
        Gen.Sample(Gen.Frequency((3, ByPeople), (1, Runs)).ListOf(length), 1, new Rnd(seed), 50).Single();

    private static Gen<Step> ByPeople =>
        from deed in Gen.Frequency(
            (7, Gen.Constant(Deed.Edit)), (3, Gen.Constant(Deed.Undo)), (2, Gen.Constant(Deed.Resolve)), (3, Gen.Constant(Deed.ForeignEdit)), (2, Gen.Constant(Deed.SilentEdit)))
        from which in Gen.Choose(0, 999)
        from value in Gen.Choose(0, 999)
        select new Step(deed, which, value);

    private static Gen<Step> Runs =>
        from deed in Gen.Frequency(
            (5, Gen.Constant(Deed.PushDirect)), (3, Gen.Constant(Deed.PushInBulk)), (2, Gen.Constant(Deed.PullEverything)), (2, Gen.Constant(Deed.PullChanges)), (2, Gen.Constant(Deed.PullSelection)))
        from which in Gen.Choose(0, 999)
        from value in Gen.Choose(0, 999)
        from trouble in Gen.Frequency(
            (1, Gen.Constant(Trouble.None)), (2, Gen.Constant(Trouble.AnswerLost)), (1, Gen.Constant(Trouble.Dropped)), (4, Gen.Constant(Trouble.Held)), (5, Gen.Constant(Trouble.Late)))
        from killed in Gen.Choose(0, 5)
        from count in Gen.Choose(2, 6)
        from meanwhile in Gen.Frequency((6, ByPeople), (1, Undisturbed)).ListOf(count)
        let waits = trouble is Trouble.Held or Trouble.Late
        select new Step(deed, which, value)
        {
            Trouble = trouble,
            Killed = waits && killed == 0,
            Meanwhile = waits ? [.. meanwhile] : [],
        };

    private static Gen<Step> Undisturbed =>
        from deed in Gen.Elements(Deed.PushDirect, Deed.PushInBulk, Deed.PullChanges, Deed.PullSelection)
        from which in Gen.Choose(0, 999)
        select new Step(deed, which, which);
}
