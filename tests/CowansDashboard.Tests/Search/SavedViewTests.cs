using CowansDashboard.Tests.Support;
using CowansDashboard.Search;
using CowansDashboard.Search.Views;

namespace CowansDashboard.Tests.Search;

[Trait("Category", "Integration")]
public sealed class SavedViewTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly SaveView _save = new(database.Source);
    private readonly ListViews _list = new(database.Source);

    [Fact]
    public async Task A_view_is_its_owners_until_shared_and_only_the_owner_changes_it()
    {
        var store = await Store();
        var filter = FilterText.Read("q=wool&stock.max=5&tag=new").Filter;
        var mine = Saved(await _save.Save(new(store, 1, null, " Low stock ", filter, new(SortKey.Stock, false), ["stock", "price"], false), default));

        (await _list.List(store, 2, default)).ShouldBeEmpty();
        (await _save.Save(new(store, 2, mine, "Stolen", filter, ProductSort.Default, [], true), default)).ShouldBeOfType<SaveViewOutcome.NotYours>();
        Saved(await _save.Save(new(store, 1, mine, "Low", filter, new(SortKey.Stock, false), ["stock"], true), default)).ShouldBe(mine);

        var seen = (await _list.List(store, 2, default)).ShouldHaveSingleItem();
        (seen.Name, seen.Filter, seen.Sort, seen.Shared, seen.Mine).ShouldBe(("Low", filter, new ProductSort(SortKey.Stock, false), true, false));
        seen.Columns.ShouldBe(["stock"]);
        (await new DeleteView(database.Source).Delete(store, 2, mine, default)).ShouldBeFalse();
        (await new DeleteView(database.Source).Delete(store, 1, mine, default)).ShouldBeTrue();
        (await _list.List(store, 1, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_is_used_once_by_each_person_and_All_by_nobody()
    {
        var store = await Store();
        var view = new ViewToSave(store, 1, null, "Drafts", ProductFilter.Everything, ProductSort.Default, [], false);
        Saved(await _save.Save(view, default));

        (await _save.Save(view with { Name = "DRAFTS" }, default)).ShouldBe(new SaveViewOutcome.NameTaken("DRAFTS"));
        Saved(await _save.Save(view with { OwnerId = 2 }, default));
        foreach (var bad in new[] { "", "  ", "all", new string('x', 61) })
            (await _save.Save(view with { Name = bad }, default)).ShouldBeOfType<SaveViewOutcome.BadName>();
    }

    private static long Saved(SaveViewOutcome outcome) => outcome.ShouldBeOfType<SaveViewOutcome.Saved>().Id;

    private Task<long> Store() => database.Scalar<long>(
        "insert into stores (name, shop, api_version, credential_kind, credentials) values ('Test', $1, '2026-10', 'token', '') returning id", Guid.NewGuid() + ".myshopify.com");
}
