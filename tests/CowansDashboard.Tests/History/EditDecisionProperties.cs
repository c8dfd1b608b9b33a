using System.Text.Json.Nodes;
using CowansDashboard.History;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.History;

public sealed class EditDecisionProperties
{
    private static readonly CatalogueField Field = CatalogueFields.Find("variant", "price")!;
    private static readonly CatalogueField Tags = CatalogueFields.Find("product", "tags")!;
    private static readonly Arbitrary<int> Values = Gen.Choose(0, 3).ToArbitrary();
    private static readonly Arbitrary<HashSet<int>> Sets = Gen.Choose(0, 5).ListOf().Select(list => list.ToHashSet()).ToArbitrary();
    private static readonly Arbitrary<(int Current, int? Base, bool InFlight, int? Shopifys)> States = (
        from current in Gen.Choose(0, 3)
        from hasBase in Gen.Choose(0, 1)
        from agreed in Gen.Choose(0, 3)
        from inFlight in Gen.Choose(0, 1)
        from conflict in Gen.Choose(0, 2)
        from shopifys in Gen.Choose(0, 3)
        select (current, hasBase == 1 ? agreed : (int?)null, hasBase == 1 && inFlight == 1, hasBase == 1 && conflict == 0 ? shopifys : (int?)null)).ToArbitrary();

    [Fact]
    public void Equal_numbers_are_the_same_however_they_are_written()
    {
        JsonValues.Same(JsonNode.Parse("12.50"), JsonValue.Create(12.5m)).ShouldBeTrue();
        JsonValues.Same(JsonNode.Parse("12"), JsonNode.Parse("12.00")).ShouldBeTrue();
        JsonValues.Same(JsonValue.Create(12), JsonValue.Create(12.0m)).ShouldBeTrue();
        JsonValues.Same(JsonNode.Parse("[1, {\"a\": null}]"), JsonNode.Parse("[1.0, {\"a\": null}]")).ShouldBeTrue();
        JsonValues.Same(JsonValue.Create(12), JsonValue.Create("12")).ShouldBeFalse();
        JsonValues.Same(null, JsonValue.Create(0)).ShouldBeFalse();
    }

    [Fact]
    public void A_field_is_written_exactly_when_the_person_saw_what_it_holds_and_wants_another_value() =>
        Prop.ForAll(States, Values, Values, (state, seen, wanted) => Decide(state, seen, wanted) switch
        {
            EditVerdict.Nothing => wanted == state.Current,
            EditVerdict.Stale stale => seen != state.Current && (int)stale.Current! == state.Current,
            EditVerdict.Written written => seen == state.Current && wanted != state.Current && (int)written.Old! == state.Current && (int)written.New! == wanted,
            _ => false,
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_both_sides_agreed_on_survives_every_edit() =>
        Prop.ForAll(States, Values, (state, wanted) =>
            Decide(state, state.Current, wanted) is not EditVerdict.Written written
            || (state.Shopifys is { } shopifys
                ? wanted == shopifys
                    ? written.Conflict == ConflictMove.Close && written.StaysPending == state.InFlight && (int)written.Base! == shopifys
                    : written.Conflict == ConflictMove.Refresh && written.StaysPending && (int)written.Base! == state.Base
                : (int)written.Base! == (state.Base ?? state.Current) && written.Conflict == ConflictMove.None))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_field_is_clean_again_exactly_when_it_returns_to_what_was_agreed_and_nothing_is_in_flight() =>
        Prop.ForAll(States, Values, (state, wanted) =>
            state.Shopifys is not null || Decide(state, state.Current, wanted) is not EditVerdict.Written written
            || written.StaysPending == (state.InFlight || wanted != (state.Base ?? state.Current))).QuickCheckThrowOnFailure();

    [Fact]
    public void A_row_that_is_here_only_never_pends_by_field() =>
        Prop.ForAll(Values, Values, (current, wanted) =>
            EditDecision.Decide(new FieldState(current, HereOnly: true), Edit(current, wanted), Field) is EditVerdict.Nothing or EditVerdict.Written { StaysPending: false })
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Two_people_with_one_set_lose_nothing_and_are_never_asked() =>
        Prop.ForAll(Sets, Sets, Sets, (seen, ann, bea) =>
        {
            var first = After(seen, seen, ann);
            var both = After(first, seen, bea);
            var other = After(After(seen, seen, bea), seen, ann);
            var expected = ann.Union(bea).Where(tag => !seen.Contains(tag) || (ann.Contains(tag) && bea.Contains(tag)));
            return both.SetEquals(expected) && other.SetEquals(expected);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Additions_add_up_in_any_order() =>
        Prop.ForAll<int, int, int>((start, one, other) =>
        {
            int Added(int current, int by) => EditDecision.Decide(new FieldState(current), new FieldEdit("inventory level", 1, "available", start, start + by, EditHow.Add),
                CatalogueFields.Find("inventory level", "available")!) is EditVerdict.Written written ? (int)JsonValues.Number(written.New) : current;
            return Math.Abs((long)start) + Math.Abs((long)one) + Math.Abs((long)other) > int.MaxValue
                || (Added(Added(start, one), other) == start + one + other && Added(Added(start, other), one) == start + one + other);
        }).QuickCheckThrowOnFailure();

    private static EditVerdict Decide((int Current, int? Base, bool InFlight, int? Shopifys) state, int seen, int wanted) =>
        EditDecision.Decide(new FieldState(state.Current, false, state.Base is not null, state.Base, state.InFlight,
            state.Shopifys is { } shopifys ? new OpenConflict(shopifys) : null), Edit(seen, wanted), Field);

    private static FieldEdit Edit(int seen, int wanted) => new("variant", 1, "price", seen, wanted);

    private static HashSet<int> After(HashSet<int> current, HashSet<int> seen, HashSet<int> wanted) =>
        EditDecision.Decide(new FieldState(Json(current)), new FieldEdit("product", 1, "tags", Json(seen), Json(wanted)), Tags) switch
        {
            EditVerdict.Written written => [.. JsonValues.Elements(written.New).Select(int.Parse)],
            EditVerdict.Nothing => current,
            _ => throw new InvalidOperationException("A set was called stale."),
        };

    private static JsonArray Json(IEnumerable<int> set) => [.. set.Select(element => (JsonNode)$"{element}")];
}
