using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Tests.Support;
using static CowansDashboard.Tests.History.EditedShop;

namespace CowansDashboard.Tests.History;

[Trait("Category", "Integration")]
public sealed class TimelineTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_product_shows_its_own_changes_and_the_shop_all_of_them_newest_first_page_by_page()
    {
        var shop = await Open(database);
        var (one, other) = (await shop.Product("One"), await shop.Product("Other"));
        var variant = (await shop.Variants(one))[0];
        await shop.Save("Ann", StaleMeans.Refuse, Title(one, "One", "1"), Title(other, "Other", "2"));
        await shop.Save("Bea", StaleMeans.Refuse, Price(variant, 10, 11));
        await shop.Save("Ann", StaleMeans.Refuse, Title(other, "2", "3"));
        var read = new ReadTimeline(database.Source);

        var ofOne = await read.Read(new TimelineQuery(shop.Store) { ProductId = one }, default);
        var first = await read.Read(new TimelineQuery(shop.Store) { Take = 2 }, default);
        var second = await read.Read(new TimelineQuery(shop.Store) { Take = 2, Before = first.NextBefore }, default);
        var prices = await read.Read(new TimelineQuery(shop.Store) { Field = "price" }, default);
        var beas = await read.Read(new TimelineQuery(shop.Store) { ById = "bea" }, default);

        ofOne.Entries.Select(entry => $"{entry.Set.ByName} {string.Join(",", entry.Lines.Select(line => $"{line.Label} {line.RowName} {line.Old}>{line.New}"))}")
            .ShouldBe(["Bea Price S1 10.00>11", "Ann Title  One>1"]);
        first.Entries.Concat(second.Entries).Select(entry => $"{entry.Set.ByName}{entry.Set.Fields}").ShouldBe(["Ann1", "Bea1", "Ann2"]);
        second.NextBefore.ShouldBeNull();
        prices.Entries.ShouldHaveSingleItem().Set.ByName.ShouldBe("Bea");
        beas.Entries.ShouldHaveSingleItem().Lines.ShouldHaveSingleItem().ProductTitle.ShouldBe("1");
    }

    [Fact]
    public async Task A_change_set_is_read_page_by_page()
    {
        var shop = await Open(database);
        var product = await shop.Product("Jumper", 5);
        var saved = (await shop.Save([.. (await shop.Variants(product)).Select(variant => Price(variant, 10, 12))])).ShouldBeOfType<SaveOutcome.Saved>();
        var read = new ReadChangeSet(database.Source);

        var first = (await read.Read(shop.Store, saved.ChangeSetId, null, 0, 3, default))!;
        var second = (await read.Read(shop.Store, saved.ChangeSetId, null, first.NextAfter!.Value, 3, default))!;

        first.Lines.Concat(second.Lines).Select(line => line.RowName).ShouldBe(["S1", "S2", "S3", "S4", "S5"]);
        (second.NextAfter, first.Set.Fields, first.Undone).ShouldBe((null, 5, 0));
        (await read.Read(shop.Store + 1_000, saved.ChangeSetId, null, 0, 3, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_draft_is_kept_per_person_and_subject_until_it_is_discarded()
    {
        var account = await database.Scalar<long>("""
            insert into accounts (name, email, normalized_email, user_name, normalized_user_name, role, security_stamp)
            values ('Ann', 'ann@aran.example', 'ANN@ARAN.EXAMPLE', 'ann', 'ANN', 'merchandiser', 'x') returning id
            """);
        var place = new DraftPlace(account, 1, "product:5");
        var (save, read) = (new SaveDraft(database.Source), new ReadDraft(database.Source));

        await save.Save(place, new JsonObject { ["title"] = "Ca" }, 3, default);
        await save.Save(place, new JsonObject { ["title"] = "Cardigan" }, 3, default);

        var draft = (await read.Read(place, default))!;
        ((string?)draft.Content["title"], draft.BasedOnVersion).ShouldBe(("Cardigan", 3));
        (await read.Read(place with { Subject = "product:6" }, default)).ShouldBeNull();
        await new DiscardDraft(database.Source).Discard(place, default);
        (await read.Read(place, default)).ShouldBeNull();
    }
}
