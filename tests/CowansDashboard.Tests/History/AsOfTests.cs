using CowansDashboard.History;
using CowansDashboard.Tests.Support;
using static CowansDashboard.Tests.History.EditedShop;

namespace CowansDashboard.Tests.History;

[Trait("Category", "Integration")]
public sealed class AsOfTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_product_is_shown_as_it_was_and_chosen_fields_come_back()
    {
        var shop = await Open(database);
        var product = await shop.Product("Jumper", 2);
        var variants = await shop.Variants(product);
        await shop.Save(Title(product, "Jumper", "Second"));
        var then = await Now();
        await shop.Save(Title(product, "Second", "Third"), Price(variants[0], 10, 12), new FieldEdit("product", product, "vendor", "Aran Mills", "Other"));
        await shop.Save(Title(product, "Third", "Fourth"), new FieldEdit("product", product, "vendor", "Other", "Aran Mills"));
        await shop.Save(new WantedChanges { Removed = [new RowRef("variant", variants[1])] });

        var asOf = (await new ReadProductAsOf(database.Source).Read(shop.Store, product, then, default))!;

        asOf.IsKnown.ShouldBeTrue();
        ((string?)asOf.Then["title"], (string?)asOf.Then["vendor"]).ShouldBe(("Second", "Aran Mills"));
        asOf.Differences.Select(one => $"{one.Entity} {one.Field}").ShouldBe(["product title", "variant price", "variant removed"], ignoreOrder: true);
        (await new RestoreFields(database.Source, shop.Saving).Restore(shop.Head(), product, then,
            [new ChosenField("product", product, "title"), new ChosenField("variant", variants[1], "removed")], default)).ShouldBeOfType<SaveOutcome.Saved>();
        (await shop.Value("products", product, "title") + await shop.Value("variants", variants[0], "price")).ShouldBe("\"Second\"12");
        (await shop.Variants(product)).ShouldBe(variants);
        (await new ReadProductAsOf(database.Source).Read(shop.Store, product, then.AddYears(-1), default))!.IsKnown.ShouldBeFalse();
    }

    [Fact]
    public async Task That_a_product_was_removed_does_not_come_back_with_its_fields()
    {
        var shop = await Open(database);
        var product = await shop.Product("Jumper");
        await shop.Save(new FieldEdit("product", product, Removal.Field, null, Removal.KeptInShopify.Text));
        var then = await Now();
        await shop.Save(new FieldEdit("product", product, Removal.Field, Removal.KeptInShopify.Text, null), Title(product, "Jumper", "Cardigan"));

        var asOf = (await new ReadProductAsOf(database.Source).Read(shop.Store, product, then, default))!;
        await new RestoreFields(database.Source, shop.Saving).Restore(shop.Head(), product, then, [new ChosenField("product", product, Removal.Field), new ChosenField("product", product, "title")], default);

        asOf.Differences.Select(one => (one.Field, one.CanReturn)).ShouldBe([(Removal.Field, false), ("title", true)], ignoreOrder: true);
        (await shop.Value("products", product, "title") + await shop.Value("products", product, Removal.Field)).ShouldBe("\"Jumper\"∅");
    }

    [Fact]
    public async Task A_value_says_who_set_it_what_was_agreed_and_where_it_goes()
    {
        var shop = await Open(database);
        var product = await shop.Product("Jumper");
        var explain = new ExplainValue(database.Source);

        (await explain.Explain(shop.Store, "product", product, "title", default))!.ShouldSatisfyAllConditions(
            value => value.Next.ShouldBe(NextDirection.None), value => value.LastSet.ShouldBeNull(), value => value.KnownSince.ShouldNotBeNull());
        await shop.Save("Bea", StaleMeans.Refuse, Title(product, "Jumper", "Cardigan"));
        (await explain.Explain(shop.Store, "product", product, "title", default))!.ShouldSatisfyAllConditions(
            value => value.Next.ShouldBe(NextDirection.ToShopify), value => ((string?)value.Agreed).ShouldBe("Jumper"),
            value => value.LastSet!.ByName.ShouldBe("Bea"), value => ((string?)value.LastChange!.Old).ShouldBe("Jumper"));
        await shop.Run("insert into sent_fields (entity, entity_id, field, store_id, value) values ('product', $1, 'title', $2, '\"Cardigan\"')", product, shop.Store);
        (await explain.Explain(shop.Store, "product", product, "title", default))!.Next.ShouldBe(NextDirection.OnItsWay);
        (await explain.Explain(shop.Store, "product", product, "nonsense", default)).ShouldBeNull();
    }

    private async Task<DateTimeOffset> Now() => await database.Scalar<DateTime>("select clock_timestamp()");
}
