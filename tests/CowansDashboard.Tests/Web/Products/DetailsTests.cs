using CowansDashboard.Catalog;
using CowansDashboard.Search;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Products;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Tests.Web.Products;

public sealed class DetailsTests
{
    private static readonly ShellStore Store = new(1, "Harlow", "GBP", TimeZoneInfo.Utc);

    [Fact]
    public async Task A_product_with_repeated_tags_and_hostile_words_is_shown_as_text()
    {
        await using var rendered = new Rendered(services => services.AddSingleton<SafeHtml>());

        var page = await rendered.Show<DetailsCards>(("Product", Product), ("Store", Store));

        page.QuerySelectorAll(".tags-of .chip").Select(chip => chip.TextContent).ShouldBe(["core", "<img src=x onerror=alert(1)>"]);
        page.QuerySelectorAll("script, img, [onerror]").ShouldBeEmpty();
        page.QuerySelector(".prose")!.InnerHtml.ShouldBe("<p>Soft</p>");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_row_of_the_grid_encodes_what_a_shop_wrote_and_can_be_selected_only_for_a_use(bool selectable)
    {
        await using var rendered = new Rendered();
        ProductRow[] rows = [new(7, 70, "<script>alert(1)</script> סוודר", "h", "ACTIVE", "\"><img src=x onerror=alert(1)>", "t", ["a"], 3, 1m, 2m, 5, "https://cdn.shopify.com/a.jpg?x=\"onload=\"alert(1)", SyncState.Pending, 0, DateTimeOffset.UnixEpoch)];

        var grid = await rendered.Show<ProductGrid>(("Rows", rows), ("Columns", GridColumn.All), ("Order", ProductSort.Default), ("Selected", new HashSet<long>()), ("Selectable", selectable), ("Currency", "GBP"));

        grid.QuerySelectorAll("script, [onerror], [onload]").ShouldBeEmpty();
        grid.QuerySelector("a.product")!.TextContent.ShouldBe("<script>alert(1)</script> סוודר");
        grid.QuerySelector("a.product")!.GetAttribute("href").ShouldBe("/products/7");
        grid.QuerySelector("td.c-sync")!.TextContent.ShouldBe("Pending");
        grid.QuerySelector("td.c-price")!.TextContent.ShouldBe("£1.00 – 2.00");
        grid.QuerySelectorAll("input[type=checkbox]").Length.ShouldBe(selectable ? 2 : 0);
        grid.QuerySelectorAll("thead th").Length.ShouldBe(grid.QuerySelectorAll("tbody td").Length);
    }

    [Fact]
    public async Task Values_of_the_first_option_that_do_not_fit_are_counted_and_can_be_shown()
    {
        await using var rendered = new Rendered();
        var variants = Enumerable.Range(1, 14).Select(each => Variant(each, $"Colour {each}")).ToList();

        var card = await rendered.Show<VariantsCard>(("Product", Product with { Variants = variants }), ("Currency", "GBP"));

        card.QuerySelectorAll(".vh .chip").Length.ShouldBe(13); // All, and the first twelve
        card.QuerySelector(".vh .btn.link")!.TextContent.ShouldBe("Show all 14");
    }

    private static ProductVariant Variant(long id, string colour) => new()
    {
        Id = id, ShopifyId = id, Title = colour, OptionValues = [colour], Position = (int)id, Sku = null, Barcode = null, Price = 1, CompareAtPrice = null, UnitCost = null, Taxable = true,
        InventoryPolicy = "DENY", Tracked = false, RequiresShipping = true, Weight = null, WeightUnit = null, HarmonizedSystemCode = null, CountryCodeOfOrigin = null, MediaIds = [], Pending = [], UpdatedAt = DateTimeOffset.UnixEpoch,
    };

    private static ProductDetails Product => new()
    {
        Id = 1, StoreId = 1, ShopifyId = 2, Title = "T", Handle = "t", DescriptionHtml = "<p onclick=x>Soft</p><script>x</script>", Vendor = "V", ProductType = "P",
        Tags = ["core", "core", "<img src=x onerror=alert(1)>"], Status = "ACTIVE", TemplateSuffix = null, SeoTitle = null, SeoDescription = null, CategoryId = null, CategoryName = null,
        IsGiftCard = false, RequiresSellingPlan = false, HasOnlyDefaultVariant = false, OnlineStoreUrl = null, PublishedAt = null, FeaturedMediaId = null, RemoteVariantsCount = 1, RemoteMediaCount = 0,
        RemoteCreatedAt = null, RemoteUpdatedAt = null, Pending = [], SyncState = 0, Stock = null, Version = 0, CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch, DeletedAt = null,
        Options = [new(1, 2, "Size", 1, ["S", "S", "M"])],
    };
}
