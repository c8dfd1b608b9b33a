using CowansDashboard.Tests.Support;
using CowansDashboard.Search;
namespace CowansDashboard.Tests.Search;

[Trait("Category", "Integration")]
public sealed class UnderstandSearchTests(UnderstandSearchTests.Shop shop) : IClassFixture<UnderstandSearchTests.Shop>
{
    [Theory]
    [InlineData("lambswool", "Lambswool Crew Jumper")]
    [InlineData("LAMBSWOOL crew", "Lambswool Crew Jumper")]
    [InlineData("crew lambswool", "Lambswool Crew Jumper")]
    [InlineData("cafe", "Café Apron")]
    [InlineData("CAFÉ", "Café Apron")]
    [InlineData("brod", "Brød & Smør, 50% linen_mix")]
    [InlineData("毛衣", "厚手の毛衣")]
    [InlineData("שלום", "סוודר שלום")]
    [InlineData("knitwear aran", "Lambswool Crew Jumper")]
    [InlineData("black-friday", "Mohair Scarf")]
    [InlineData("KN-0412-OAT", "Lambswool Crew Jumper")]
    [InlineData("5055201041", "Lambswool Crew Jumper")]
    [InlineData("sc", "Mohair Scarf")]
    [InlineData("\"crew jumper\"", "Lambswool Crew Jumper")]
    public async Task Words_are_found_in_any_order_case_and_accent(string search, string title) =>
        (await shop.Titles(search)).ShouldContain(title);

    [Theory]
    [InlineData("lambswol", "lambswool")]
    [InlineData("lamsbwool", "lambswool")]
    [InlineData("labmswool", "lambswool")]
    [InlineData("jmuper", "jumper")]
    [InlineData("jumpr", "jumper")]
    [InlineData("kumper", "jumper")]
    [InlineData("mohiar", "mohair")]
    [InlineData("scarv", "scarf")]
    [InlineData("lamsw", "lambswool")]
    public async Task A_slip_of_the_finger_is_corrected_and_said(string typed, string meant)
    {
        var page = await shop.Page(typed);

        page.Rows.ShouldNotBeEmpty();
        var correction = page.Search!.Corrected.ShouldHaveSingleItem();
        correction.Typed.ShouldBe(typed);
        correction.Words.ShouldContain(meant);
    }

    [Fact]
    public async Task Only_the_mistyped_word_of_several_is_corrected()
    {
        var page = await shop.Page("lambswol crew");

        page.Rows.ShouldHaveSingleItem().Title.ShouldBe("Lambswool Crew Jumper");
        page.Search!.Terms.Select(term => term.Corrected).ShouldBe([true, false]);
    }

    [Theory]
    [InlineData("qqqqqq")]
    [InlineData("lambswool scarf")]
    [InlineData("\"jumper crew\"")]
    [InlineData("KN-0413")]
    public async Task What_nothing_resembles_finds_nothing(string search) => (await shop.Titles(search)).ShouldBeEmpty();

    [Theory]
    [InlineData("50%", 1)]
    [InlineData("5_%", 0)]
    [InlineData("linen_mix", 1)]
    [InlineData("linen-mix", 0)]
    [InlineData("%", 1)]
    [InlineData("\\", 0)]
    [InlineData("'; drop table products; --", 0)]
    public async Task Signs_of_patterns_are_letters_like_any_other(string search, int found) =>
        (await shop.Titles(search)).Length.ShouldBe(found);

    [Theory]
    [InlineData("crew", "Crew Socks")]
    [InlineData("kn-0412-oat-m", "Lambswool Crew Jumper")]
    [InlineData("5055201041254", "Lambswool Crew Jumper")]
    [InlineData("mohair-scarf", "Mohair Scarf")]
    [InlineData("7700000000001", "Mohair Scarf")]
    [InlineData("gid://shopify/Product/7700000000001", "Mohair Scarf")]
    public async Task The_very_thing_comes_first(string search, string first) => (await shop.Titles(search))[0].ShouldBe(first);

    [Fact]
    public async Task A_new_products_words_are_known_to_the_next_search()
    {
        await shop.Page("jumpr");
        await shop.Database.Source.Copy(new CopiedProduct { StoreId = 3, Title = "Houndstooth Blazer" });

        (await shop.Finder.Titles("q=houndstoth", storeId: 3)).ShouldBe(["Houndstooth Blazer"]);
    }

    public sealed class Shop : IAsyncLifetime
    {
        internal TestDatabase Database { get; } = new();

        internal Finder Finder { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            await Database.InitializeAsync();
            Finder = Database.Source.Finder();
            await Database.Source.Copy(
                new() { Title = "Lambswool Crew Jumper", Skus = ["KN-0412-OAT-S", "KN-0412-OAT-M"], Barcodes = ["5055201041226", "5055201041254"] },
                new() { Title = "Mohair Scarf", Type = "Accessories", Vendor = "Glen & Burn", Tags = ["black-friday", "screwed"], Handle = "mohair-scarf", ShopifyId = 7_700_000_000_001 },
                new() { Title = "Crew Socks", Type = "Footwear", Vendor = "Leith" },
                new() { Title = "A Sock for the Crew", Type = "Footwear", Vendor = "Leith", Tags = ["kn-0412-oat-m-match"] },
                new() { Title = "Café Apron", Type = "Kitchen", Vendor = "Ø" },
                new() { Title = "Brød & Smør, 50% linen_mix", Type = "Kitchen", Vendor = "Ø" },
                new() { Title = "厚手の毛衣", Type = "ニット", Vendor = "東京" },
                new() { Title = "סוודר שלום", Type = "סריגים", Vendor = "תל אביב" });
        }

        public Task DisposeAsync() => Database.DisposeAsync();

        internal Task<FoundProducts> Page(string search) => Finder.Page("q=" + Uri.EscapeDataString(search));

        internal Task<string[]> Titles(string search) => Finder.Titles("q=" + Uri.EscapeDataString(search));
    }
}
