using System.Text.Json.Nodes;
using CowansDashboard.Conflicts;
using CowansDashboard.Conflicts.Rules;

namespace CowansDashboard.Tests.Conflicts;

public sealed class OwnershipRulesTests
{
    private static readonly OwnedField Price = new("price", "Aran Mills", [7]);

    [Theory]
    [InlineData("*", "price", true)]
    [InlineData("price", "price", true)]
    [InlineData("price", "price_list", false)]
    [InlineData("seo.*", "seo.title", true)]
    [InlineData("seo.*", "seo", false)]
    [InlineData("inventory", "inventory.available", true)]
    [InlineData("metafields.custom.*", "metafields.custom.care", true)]
    [InlineData("metafields.custom.*", "metafields.customs.duty", false)]
    public void A_pattern_names_a_field_or_a_group_of_them(string pattern, string field, bool fits) => OwnedFields.Fits(pattern, field).ShouldBe(fits);

    [Fact]
    public void The_first_rule_that_fits_decides()
    {
        var rules = Rules(
            Rule(1, RuleScope.Vendor, "Other", "price", FieldOwner.Shopify),
            Rule(2, RuleScope.Collection, "7", "price", FieldOwner.Dashboard),
            Rule(3, RuleScope.All, "", "*", FieldOwner.Ask));

        rules.Decide(Price)!.Id.ShouldBe(2);
        rules.Decide(Price with { Vendor = "other" })!.Id.ShouldBe(1);
        rules.Decide(Price with { Collections = [] })!.Id.ShouldBe(3);
        OwnershipRules.None.Decide(Price).ShouldBeNull();
    }

    [Fact]
    public void A_rule_of_a_namespace_speaks_of_its_metafields_only()
    {
        var rules = Rules(Rule(1, RuleScope.Namespace, "custom", "*", FieldOwner.Shopify));

        rules.Decide(new("metafields.custom.care", "", [], "custom")).ShouldNotBeNull();
        rules.Decide(new("metafields.app.care", "", [], "app")).ShouldBeNull();
        rules.Decide(Price).ShouldBeNull();
    }

    [Fact]
    public void A_rule_that_could_never_be_asked_is_not_saved()
    {
        var problems = RuleChecks.Of([Rule(1, RuleScope.All, "", "seo.*", FieldOwner.Ask), Rule(0, RuleScope.All, "", "seo.title", FieldOwner.Shopify)]);

        problems.ShouldHaveSingleItem().Index.ShouldBe(1);
        RuleChecks.Of([Rule(0, RuleScope.Vendor, " ", "price", FieldOwner.Ask)]).ShouldHaveSingleItem().Field.ShouldBe("scopeValue");
        RuleChecks.Of([Rule(0, RuleScope.All, "", "price; drop", FieldOwner.Ask)]).ShouldHaveSingleItem().Field.ShouldBe("field");
    }

    [Fact]
    public void Where_Shopify_owns_the_field_its_value_is_taken_and_ours_is_kept_in_the_record()
    {
        var row = Merge(ours: 9, pending: 10, shopifys: 12, new FieldRule(4, FieldOwner.Shopify, Reclaims: false, IsWornOut: false));

        row.Values["price"]!.GetValue<int>().ShouldBe(12);
        row.Pending.ShouldBeNull();
        row.Conflicts.ShouldBeEmpty();
        var ruled = row.Ruled.ShouldHaveSingleItem();
        (ruled.As, ruled.RuleId, ruled.Conflict.Ours!.GetValue<int>()).ShouldBe(("rule-shopify", 4L, 9));
    }

    [Fact]
    public void Where_ours_is_under_way_what_Shopify_owns_goes_back_over_it()
    {
        var sent = new JsonObject { ["price"] = new JsonObject { ["value"] = 9, ["confirming"] = false } };
        var rule = new FieldRule(4, FieldOwner.Shopify, Reclaims: false, IsWornOut: false);

        var taken = Merge(ours: 9, pending: 10, shopifys: 12, rule, sent);
        var overwritten = RowMerge.Merge(taken.Values, new JsonObject { ["price"] = 9 }, taken.Pending!, ["price"], [], _ => rule, sent);

        (taken.Values["price"]!.GetValue<int>(), taken.Pending!["price"]!.GetValue<int>()).ShouldBe((12, 12));
        (overwritten.Values["price"]!.GetValue<int>(), overwritten.Pending!["price"]!.GetValue<int>()).ShouldBe((12, 9), "it waits to be sent over ours");
    }

    [Fact]
    public void Where_the_field_is_ours_our_edit_stays_pending_on_what_Shopify_has_now()
    {
        var row = Merge(ours: 9, pending: 10, shopifys: 12, new FieldRule(4, FieldOwner.Dashboard, Reclaims: true, IsWornOut: true));

        row.Values["price"]!.GetValue<int>().ShouldBe(9);
        row.Pending!["price"]!.GetValue<int>().ShouldBe(12);
        row.Ruled.ShouldHaveSingleItem().As.ShouldBe("rule-dashboard");
    }

    [Fact]
    public void Ours_goes_back_over_a_clean_field_until_that_has_happened_too_often()
    {
        var reclaimed = Merge(ours: 9, pending: null, shopifys: 12, new FieldRule(4, FieldOwner.Dashboard, Reclaims: true, IsWornOut: false));
        var worn = Merge(ours: 9, pending: null, shopifys: 12, new FieldRule(4, FieldOwner.Dashboard, Reclaims: true, IsWornOut: true));

        reclaimed.Values["price"]!.GetValue<int>().ShouldBe(9);
        reclaimed.Pending!["price"]!.GetValue<int>().ShouldBe(12);
        reclaimed.Ruled.ShouldHaveSingleItem().As.ShouldBe("rule-reclaimed");
        reclaimed.Conflicts.ShouldBeEmpty();
        worn.Ruled.ShouldBeEmpty();
        worn.Conflicts.ShouldHaveSingleItem().Shopifys!.GetValue<int>().ShouldBe(12);
        worn.Values["price"]!.GetValue<int>().ShouldBe(9);
    }

    [Fact]
    public void Without_a_rule_or_with_one_that_asks_a_person_decides()
    {
        Merge(9, 10, 12, null).Conflicts.Count.ShouldBe(1);
        Merge(9, 10, 12, new FieldRule(4, FieldOwner.Ask, false, false)).Conflicts.Count.ShouldBe(1);
        Merge(9, null, 12, new FieldRule(4, FieldOwner.Shopify, false, false)).Values["price"]!.GetValue<int>().ShouldBe(12);
    }

    [Fact]
    public void A_draft_is_tried_on_past_conflicts_beside_the_rules_of_today()
    {
        PastConflict Past(long id, string field, string? closedAs) => new(id, "T", null, new OwnedField(field, "V", []), closedAs);
        PastConflict[] past = [Past(1, "price", "mine"), Past(2, "price", "shopifys"), Past(3, "seo.title", "rule-shopify"), Past(4, "title", null), Past(5, "tags", "agreed")];

        var found = RuleSimulation.Of(past, Rules(Rule(1, RuleScope.All, "", "seo.*", FieldOwner.Shopify)),
            Rules(Rule(1, RuleScope.All, "", "seo.*", FieldOwner.Shopify), Rule(0, RuleScope.All, "", "price", FieldOwner.Dashboard), Rule(0, RuleScope.All, "", "title", FieldOwner.Ask)));

        (found.Past, found.Today, found.Draft, found.Asked).ShouldBe((5, 1, 3, 2));
        found.Decided.ShouldBe([new(1, 0), new(2, 1), new(1, 0)]);
        found.Otherwise.ShouldHaveSingleItem().Id.ShouldBe(2);
    }

    private static OwnershipRules Rules(params OwnershipRule[] rules) => new(rules);

    private static OwnershipRule Rule(long id, RuleScope scope, string value, string field, FieldOwner owner) => new(id, scope, value, field, owner);

    private static MergedRow Merge(int ours, int? pending, int shopifys, FieldRule? rule, JsonObject? sent = null) => RowMerge.Merge(
        new JsonObject { ["price"] = ours }, new JsonObject { ["price"] = shopifys }, pending is { } agreed ? new JsonObject { ["price"] = agreed } : [], ["price"], [], _ => rule, sent);
}
