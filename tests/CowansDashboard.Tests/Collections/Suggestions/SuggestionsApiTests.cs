using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Catalog.Categories;
using CowansDashboard.Collections.Suggestions;
using CowansDashboard.History;
using CowansDashboard.Tests.Catalog;
using CowansDashboard.Tests.Runs;
using CowansDashboard.Tests.Search;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Collections.Suggestions;

[Trait("Category", "Integration")]
public sealed class SuggestionsApiTests(SuggestionsApiTests.Shop shop) : IClassFixture<SuggestionsApiTests.Shop>
{
    private const string Address = "/api/collections/suggestions";

    [Fact]
    public async Task A_change_of_types_is_only_prepared_and_a_split_gives_each_product_its_own()
    {
        var client = await shop.App.BearerFor("merchandiser");
        var (set, split) = (await Find(client, "set-type"), await Find(client, "split-type"));

        (set.GetProperty("title").GetString(), set.GetProperty("products").GetInt64()).ShouldBe(("Set the type of 3 products to Hats", 3));
        split.GetProperty("types").EnumerateArray().Select(each => each.GetProperty("to").GetString()).Order().ShouldBe(["Backpacks", "Totes"]);
        foreach (var (one, changing) in new[] { (set, 3L), (split, 24L) })
        {
            var batch = long.Parse((await Post(client, $"{Key(one)}/accept")).GetProperty("batchId").GetString()!, null);
            var preview = (await shop.App.Get<ReadBulkPreview>().Find(shop.Store, batch, default))!;
            (preview.Status, preview.Changing, preview.Title).ShouldBe((BulkStatus.Ready, changing, one.GetProperty("title").GetString()));
        }
        (await shop.App.Database.Scalar<long>("select count(*) from products where store_id = $1 and pending is not null", shop.Store)).ShouldBe(0);
    }

    [Fact]
    public async Task An_accepted_collection_waits_here_with_its_condition_and_an_undo_takes_it_away()
    {
        var client = await shop.App.BearerFor("merchandiser");
        var word = await Find(client, "shared-word");
        var old = (await shop.App.Get<ReadSuggestions>().Read(shop.Store, default)).Find(Key(word)).ShouldNotBeNull();
        word.GetProperty("title").GetString().ShouldBe("New collection: Alpine");

        var made = await Post(client, $"{Key(word)}/accept");

        var collection = long.Parse(made.GetProperty("collectionId").GetString()!, null);
        var one = (await client.GetFromJsonAsync<JsonElement>($"/api/collections/{collection}")).GetProperty("data");
        (one.GetProperty("title").GetString(), one.GetProperty("handle").GetString(), one.GetProperty("syncState").GetString()).ShouldBe(("Alpine", "alpine", "here-only"));
        one.GetProperty("sources")[0].GetProperty("definition").GetProperty("inclusion").GetProperty("conditions")[0].GetProperty("texts")[0].GetString().ShouldBe("alpine");
        (await All(client)).ShouldNotContain(each => Key(each) == Key(word));
        using (var again = await client.PostAsync($"{Address}/{Key(word)}/accept", null))
            again.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        // A tab that was opened before still shows it.
        (await shop.App.Get<AcceptSuggestion>().Accept(shop.Store, old, RunsOfTests.Ann, default)).ShouldBeOfType<AcceptOutcome.Refused>().Sentence.ShouldBe("There is a collection “Alpine” by now.");

        await shop.App.Get<UndoChanges>().Undo(new UndoScope(shop.Store, long.Parse(made.GetProperty("changeSetId").GetString()!, null)), "ann", "Ann", null, default);

        (await All(client)).ShouldContain(each => Key(each) == Key(word));
    }

    [Fact]
    public async Task An_own_category_is_mapped_at_once_and_an_undo_of_the_tree_takes_it_away()
    {
        var client = await shop.App.BearerFor("merchandiser");
        await shop.App.Database.Scalar<string>("insert into taxonomy_categories (id, name, full_name, level, is_leaf) values ('zz-1-1', 'Snow globes', 'Decor > Snow globes', 2, true) on conflict (id) do update set level = 2 returning id");
        var category = (await shop.App.Get<CreateCategory>().Create(shop.Store, new NewCategory("Snow globe"), RunsOfTests.Ann, default)).ShouldBeOfType<CategoryOutcome.Done>().Category.Id;
        var map = await Find(client, "map-category");
        (map.GetProperty("title").GetString(), map.GetProperty("category").GetProperty("ownCategoryId").GetString()).ShouldBe(("Map Snow globe to Decor > Snow globes", $"{category}"));

        var mapped = await Post(client, $"{Key(map)}/accept");

        (await shop.App.Database.Scalar<string>("select taxonomy_id from categories where id = $1", category)).ShouldBe("zz-1-1");
        (await All(client)).ShouldNotContain(each => Key(each) == Key(map));
        await shop.App.Get<UndoCategories>().Undo(shop.Store, long.Parse(mapped.GetProperty("changeSetId").GetString()!, null), RunsOfTests.Ann, default);
        (await All(client)).ShouldContain(each => Key(each) == Key(map));
    }

    [Fact]
    public async Task A_declined_one_stays_away_until_it_is_brought_back_and_a_viewer_decides_nothing()
    {
        var client = await shop.App.BearerFor("merchandiser");
        var band = await Find(client, "price-band");

        await Post(client, $"{Key(band)}/decline");

        (await All(client)).ShouldNotContain(each => Key(each) == Key(band));
        (await Data(client)).GetProperty("declined").EnumerateArray().ShouldHaveSingleItem().GetProperty("title").GetString().ShouldBe(band.GetProperty("title").GetString());
        using (var viewer = await (await shop.App.BearerFor("viewer")).PostAsync($"{Address}/{Key(band)}/bring-back", null))
            viewer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using (var back = await client.PostAsync($"{Address}/{Key(band)}/bring-back", null))
            back.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await All(client)).ShouldContain(each => Key(each) == Key(band));
        using var unknown = await client.PostAsync($"{Address}/{Key(band)}/bring-back", null);
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static string Key(JsonElement one) => one.GetProperty("key").GetString()!;

    private static async Task<JsonElement> Data(HttpClient client) => (await client.GetFromJsonAsync<JsonElement>(Address)).GetProperty("data");

    private static async Task<List<JsonElement>> All(HttpClient client) => [.. (await Data(client)).GetProperty("suggestions").EnumerateArray()];

    private static async Task<JsonElement> Find(HttpClient client, string kind) => (await All(client)).First(one => one.GetProperty("kind").GetString() == kind);

    private static async Task<JsonElement> Post(HttpClient client, string path)
    {
        using var answer = await client.PostAsync($"{Address}/{path}", null);
        ((int)answer.StatusCode).ShouldBe(200, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
    }

    public sealed class Shop : IAsyncLifetime
    {
        internal WebApp App { get; } = new();

        internal long Store { get; private set; }

        public async Task InitializeAsync()
        {
            await App.InitializeAsync();
            Store = await ProductsApiTests.NewStore(App.Database);
            await App.Database.Source.Copy([
                .. Some(8, "Hats", "alpine hat"), .. Some(3, "", "hat"), .. Some(12, "Bags", "canvas tote"), .. Some(12, "Bags", "leather backpack"), .. Some(4, "Bags", "Bag"),
                .. Some(56, "Mugs", "mug"), .. Some(5, "Mugs", "alpine mug"), .. Some(6, "Lamps", "alpine lamp"), .. Some(1, "Hats", "gone hat", 4),
            ]);
        }

        public Task DisposeAsync() => App.DisposeAsync();

        private IEnumerable<CopiedProduct> Some(int count, string type, string title, short sync = 0) =>
            Enumerable.Range(1, count).Select(n => new CopiedProduct { StoreId = Store, Title = title, Type = type, Price = n, Sync = sync, Handle = $"{type}-{title}-{n}".Replace(' ', '-') });
    }
}
