using CowansDashboard.Conflicts;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Conflicts;

public sealed class FieldMergeProperties
{
    [Fact]
    public void A_clean_field_takes_what_Shopify_says() =>
        Prop.ForAll<int, int>((local, remote) => FieldMerge.Decide(local, null, remote, Same) is FieldVerdict<int>.Taken taken && taken.Local == remote)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_conflict_arises_exactly_when_both_sides_changed_differently() =>
        Prop.ForAll(Values, Values, Values, (local, agreed, remote) =>
            FieldMerge.Decide(local, new PendingField<int>(agreed), remote, Same) is FieldVerdict<int>.Conflict
                == (remote != agreed && remote != local)).QuickCheckThrowOnFailure();

    [Fact]
    public void Whose_side_is_which_makes_no_difference_to_whether_they_conflict() =>
        Prop.ForAll(Values, Values, Values, (one, agreed, other) =>
            one == agreed || other == agreed
            || IsConflict(one, agreed, other) == IsConflict(other, agreed, one)).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_here_is_never_lost_while_it_is_pending() =>
        Prop.ForAll(Values, Values, Values, (local, agreed, remote) =>
            FieldMerge.Decide(local, new PendingField<int>(agreed), remote, Same) switch
            {
                FieldVerdict<int>.Kept kept => kept.Local == local,
                FieldVerdict<int>.Conflict conflict => conflict.Local == local && conflict.Shopifys == remote,
                FieldVerdict<int>.Agreed done => done.Local == local && local == remote,
                _ => false,
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Our_own_echo_is_confirmed_whatever_was_typed_since() =>
        Prop.ForAll(Values, Values, Values, (local, agreed, sent) =>
            FieldMerge.Decide(local, new PendingField<int>(agreed, HasAwaited: true, sent), sent, Same) switch
            {
                FieldVerdict<int>.Agreed => local == sent,
                FieldVerdict<int>.Kept kept => kept.Local == local && kept.Base == sent,
                _ => false,
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_edit_is_not_taken_for_done_while_another_value_is_still_on_its_way() =>
        Prop.ForAll(Values, Values, Values, (local, agreed, sent) =>
            local == sent || FieldMerge.Decide(local, new PendingField<int>(agreed, HasAwaited: true, sent), local, Same)
                is FieldVerdict<int>.Kept kept && kept.Local == local && kept.Base == local).QuickCheckThrowOnFailure();

    [Fact]
    public void A_set_holds_what_either_side_added_and_nothing_that_either_removed() =>
        Prop.ForAll(Sets, Sets, Sets, (local, agreed, remote) =>
        {
            var merged = FieldMerge.DecideSet<int>([.. local], [.. agreed], [.. remote]) switch
            {
                FieldVerdict<IReadOnlyList<int>>.Kept kept => kept.Local,
                FieldVerdict<IReadOnlyList<int>>.Agreed done => done.Local,
                _ => [],
            };
            var expected = local.Union(remote).Where(element =>
                agreed.Contains(element) ? local.Contains(element) && remote.Contains(element) : true);
            return merged.ToHashSet().SetEquals(expected) && merged.Count == merged.Distinct().Count();
        }).QuickCheckThrowOnFailure();

    private static readonly Arbitrary<int> Values = Gen.Choose(0, 3).ToArbitrary();

    private static readonly Arbitrary<HashSet<int>> Sets = Gen.Choose(0, 5).ListOf().Select(list => list.ToHashSet()).ToArbitrary();

    private static bool IsConflict(int local, int agreed, int remote) =>
        FieldMerge.Decide(local, new PendingField<int>(agreed), remote, Same) is FieldVerdict<int>.Conflict;

    private static bool Same(int left, int right) => left == right;
}
