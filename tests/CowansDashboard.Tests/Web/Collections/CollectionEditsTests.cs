using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Collections;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;
using CowansDashboard.Search;
using CowansDashboard.Web.Components.Collections.Editing;
using CowansDashboard.Web.Components.Products.Editing;
using TextField = CowansDashboard.Collections.Conditions.TextField;

namespace CowansDashboard.Tests.Web.Collections;

public sealed class CollectionEditsTests
{
    private static readonly CollectionSource.ByConditions Mugs = new(false, new(true, [Kind("Mugs") with { Gid = "gid://shopify/Condition/1" }], []), Exclusion.Nothing);

    public static TheoryData<Condition> Conditions =>
    [
        new Condition.Tag(false, true, ["sale", "new"]),
        new Condition.Text(TextField.Title, TextRelation.DoesNotContain, false, ["Test"]),
        new Condition.Category(true, false, [new("aa-1", true), new("aa-2", true)]),
        new Condition.Category(true, false, [new("aa-1", false)]),
        new Condition.Status(true, false, ["ACTIVE"]),
        new Condition.Number(NumberField.Price, NumberRelation.Above, 19.9m),
        new Condition.Number(NumberField.CompareAtPrice, NumberRelation.IsNotSet, null),
        new Condition.Number(NumberField.Stock, NumberRelation.Below, 5m),
        new Condition.Number(NumberField.Weight, NumberRelation.Is, 1.25m, "KILOGRAMS"),
        new Condition.InCollections([1, 2]),
        new Condition.Metafield(MetafieldKind.Whole, new("gid://shopify/MetafieldDefinition/1", "custom", "age", false), NumberRelation.Above, false, ["3"]),
        new Condition.Metafield(MetafieldKind.Boolean, new("gid://shopify/MetafieldDefinition/2", "custom", "vegan", true), NumberRelation.Is, false, ["true"]),
        new Condition.Metafield(MetafieldKind.TextList, new("gid://shopify/MetafieldDefinition/3", "custom", "uses", false), NumberRelation.Is, true, ["a", "b"]),
    ];

    [Theory, MemberData(nameof(Conditions))]
    public void A_condition_that_is_typed_as_it_stands_says_the_same(Condition condition)
    {
        var typed = ConditionDraft.Of(condition).With();

        typed.Kept.ShouldBeNull();
        Said(typed.Condition!).ShouldBe(Said(condition));
    }

    [Fact]
    public void What_misses_a_value_or_is_no_number_is_no_condition_and_an_unknown_one_stays()
    {
        ConditionDraft.New(ConditionDraft.Tag).Condition.ShouldBeNull();
        ConditionDraft.New("Price").With(values: ["12,50"]).Condition.ShouldBeOfType<Condition.Number>().Value.ShouldBe(12.5m);
        foreach (var shown in new[] { "$250", "250 kr", "EUR 250", "US$250", "250 €" })
            ConditionDraft.New("Price").With(values: [shown]).Condition.ShouldBeOfType<Condition.Number>(shown).Value.ShouldBe(250);
        foreach (var other in new[] { "2k", "1e5", "10 to 20", "1O" })
            ConditionDraft.New("Price").With(values: [other]).Wrong.ShouldNotBeNull(other);
        ConditionDraft.New("Price").With(values: ["1,500"]).Condition.ShouldBeNull("thousands, or a decimal sign");
        ConditionDraft.New("Price").With(values: ["1,500"]).Wrong!.ShouldContain("12.50");
        var before = new Condition.Number(NumberField.Price, NumberRelation.Below, 50, null);
        var broken = ConditionDraft.Of(before).With(values: ["12.5.0"]);
        (broken.Condition, broken.Was).ShouldBe((null, before));
        ConditionDraft.New("Stock").With(values: ["2.5"]).Wrong!.ShouldContain("whole number");
        ConditionDraft.New("Stock").With(values: ["2"]).Condition.ShouldBeOfType<Condition.Number>().Value.ShouldBe(2);

        var unknown = new Condition.Unknown("ProductMood", "EQUALS", ["good"]);
        ConditionDraft.Of(unknown).Condition.ShouldBe(unknown);
        ConditionDraft.Of(unknown).IsOffered.ShouldBeFalse();
    }

    [Fact]
    public void Conditions_are_unsaved_until_they_say_what_they_said()
    {
        var edits = Edits();
        var source = edits.Sources.ShouldHaveSingleItem();

        edits.Say(source, Mugs with { Included = Mugs.Included with { Conditions = [.. Mugs.Included.Conditions, Kind("Cups")] } });
        edits.HasTypedSources.ShouldBeTrue();
        edits.Sources[0].Says.ShouldBeOfType<CollectionSource.ByConditions>().Included.Conditions.Count.ShouldBe(2);
        var wanted = edits.Wanted(edits.Typed);
        wanted.Fields.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            edit => edit.Entity.ShouldBe(CatalogueFields.Source), edit => edit.EntityId.ShouldBe(7), edit => SourceMeaning.Same(edit.Seen, Definition()).ShouldBeTrue());

        edits.Say(edits.Sources[0], Mugs);
        edits.Count.ShouldBe(0);
    }

    [Fact]
    public void Sources_that_come_and_go_and_places_become_rows()
    {
        var edits = Edits();

        edits.AddSource(new CollectionSource.OfCollections([99]));
        edits.RemoveSource(7);
        edits.Type(CollectionEdits.Published(1), FieldShapes.No);
        edits.Type(CollectionEdits.Published(2), FieldShapes.Yes);
        edits.Type(CollectionEdits.Published(3), FieldShapes.Yes);

        edits.Sources.ShouldHaveSingleItem().Says.ShouldBeOfType<CollectionSource.OfCollections>().ShopifyIds.ShouldBe([99]);
        var wanted = edits.Wanted(edits.Typed);
        wanted.Fields.ShouldBeEmpty();
        wanted.Added.Select(row => row.Entity).ShouldBe([CatalogueFields.Source, CatalogueFields.CollectionPublication]);
        wanted.Added[0].Values["source_type"]!.GetValue<string>().ShouldBe("CollectionSubCollectionsSource");
        wanted.Removed.ShouldBe([new RowRef(CatalogueFields.Source, 7), new RowRef(CatalogueFields.CollectionPublication, 11)]);
        wanted.Returned.ShouldBe([new RowRef(CatalogueFields.CollectionPublication, 13)]);

        edits.Discard();
        edits.Sources.ShouldHaveSingleItem().Id.ShouldBe(7);
    }

    [Fact]
    public void An_order_is_unsaved_until_it_is_the_old_one_and_who_came_meanwhile_is_no_offer()
    {
        var edits = Edits();
        var order = edits.Of(MemberOrder.Field);

        edits.Type(order, "[3,1,2]");
        edits.Count.ShouldBe(1);
        edits.Reread(Values([1, 2, 3, 4]));
        edits.Offers.ShouldBeEmpty();
        edits.Count.ShouldBe(1);
        edits.Reread(Values([2, 1, 3, 4]));
        edits.Offers.ShouldHaveSingleItem().Key.ShouldBe(order);

        edits.Type(order, "[2,1,3,4]");
        edits.Count.ShouldBe(0);
    }

    private static Condition.Text Kind(string type) => new Condition.Text(TextField.ProductType, TextRelation.Is, false, [type]);

    private static string Said(Condition condition) => SourceMeaning.Of(SourceWriting.Write(new CollectionSource.ByConditions(false, new(true, [condition], []), Exclusion.Nothing), null, "GBP"));

    private static JsonObject Definition() => SourceWriting.Write(Mugs, null, "GBP");

    private static CollectionEdits Edits() => new(Values([1, 2, 3]), "GBP");

    private static CollectionValues Values(long[] order) => new(
        new CollectionDetails
        {
            Row = new CollectionRow(5, 50, "Mugs", "mugs", null, SourceKinds.Conditions, order.Length, "MANUAL", [], SyncState.InSync, 1, DateTimeOffset.UnixEpoch),
            DescriptionHtml = "",
            TemplateSuffix = null,
            SeoTitle = null,
            SeoDescription = null,
            ImageAlt = null,
            RemoteUpdatedAt = null,
            DeletedAt = null,
            RedirectNewHandle = true,
            Removal = null,
            Mark = 0,
            Pending = [],
            MemberOrder = null,
            Sources = [new(7, "gid://shopify/CollectionSource/7", "CollectionConditionsSource", "Mugs", JsonSerializer.SerializeToElement(Definition()))],
            Places = [new(1, "Online Store", 11, true, false), new(2, "Point of Sale", null, false, false), new(3, "Wholesale", 13, false, true)],
        }, new OrderedMembers(order, order, new Dictionary<long, long>()), ReferenceNames.None, "GBP");
}
