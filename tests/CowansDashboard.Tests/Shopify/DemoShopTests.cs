using System.Globalization;
using System.Text.Json;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Retries;
using CowansDashboard.Shopify.Wire;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Shopify;

/// <summary>Every read of the library against the demo store's own truth.</summary>
[Trait("Category", "Integration")]
public sealed class DemoShopTests(DemoShop shop) : IClassFixture<DemoShop>, IAsyncLifetime
{
    private readonly DemoStore store = shop.Store;
    private readonly ShopifyAdmin admin = shop.Store.Admin();

    public async Task InitializeAsync()
    {
        await store.ClearFaults();
        await store.ClearCalls();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task The_shop_tells_its_facts_and_our_scopes()
    {
        var shop = await Ask(Queries.Shop());

        shop.Shop!.MyshopifyDomain.ShouldBe(store.Shop);
        shop.Shop.IanaTimezone.ShouldBe("America/New_York");
        shop.Shop.ResourceLimits!.MaxProductVariants.ShouldBe(2048);
        shop.CurrentAppInstallation!.AccessScopes.Select(scope => scope.Handle).ShouldContain("read_products");
    }

    [Fact]
    public async Task Products_by_id_equal_the_shops_own_rows()
    {
        var truth = await store.State("products");
        var listed = await ProductIds();
        listed.Count.ShouldBe(truth.Count);

        foreach (var ids in listed.Chunk(20))
        {
            foreach (var product in (await Ask(Queries.ProductsById(ids))).Nodes)
            {
                var row = truth.Single(row => Text(row, "id") == product!.Id.Number.ToString(CultureInfo.InvariantCulture));
                product!.Title.ShouldBe(Text(row, "title"));
                product.Tags.ShouldBe(row.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
                product.Status.ShouldBe(Text(row, "status"));
                product.Category?.Id.ShouldBe(Text(row, "categoryId"));
                product.VariantsCount!.Count.ShouldBe(row.GetProperty("variantsCount").GetInt64());
                product.MediaCount!.Count.ShouldBe(row.GetProperty("mediaCount").GetInt64());
                product.UpdatedAt.ShouldBe(row.GetProperty("updatedAt").GetDateTimeOffset());
                product.Seo?.Title.ShouldBe(Text(row, "seoTitle"));
            }
        }
    }

    [Fact]
    public async Task Every_variant_of_every_product_is_reached_through_pages()
    {
        var seen = new List<VariantNode>();
        foreach (var product in await ProductIds())
        {
            string? after = null;
            do
            {
                var page = (await Ask(Queries.VariantsOfProduct(product, after, first: 7))).Product!.Variants!;
                seen.AddRange(page.Nodes);
                after = page.PageInfo.HasNextPage ? page.PageInfo.EndCursor : null;
            }
            while (after is not null);
        }

        var truth = await store.State("variants");
        seen.Select(variant => Row(variant)).Order().ShouldBe(truth.Select(row =>
            $"{Text(row, "id")} {Text(row, "sku")} {Text(row, "barcode")} {Text(row, "price")} {Text(row, "compareAtPrice")} {Text(row, "inventoryItemId")} {Text(row, "unitCost")}").Order());
    }

    [Fact]
    public async Task Media_metafields_publications_and_stock_are_as_many_as_the_shop_has()
    {
        var products = await ProductIds();
        var media = 0;
        var metafields = 0;
        foreach (var product in products)
        {
            media += (await Ask(Queries.MediaOfProduct(product, null))).Product!.Media!.Nodes.Count;
            metafields += (await Ask(Queries.MetafieldsOfProduct(product, null))).Product!.Metafields!.Nodes.Count;
        }

        media.ShouldBe((await store.State("media")).Count);
        metafields.ShouldBe((await store.State("metafields")).Count(row => Text(row, "ownerType") == "PRODUCT"));

        var published = (await Ask(Queries.ResourcePublications([.. products]))).Nodes.Sum(node => node!.ResourcePublicationsV2!.Nodes.Count);
        published.ShouldBe((await store.State("product-publications")).Count);

        var levels = new List<InventoryLevelNode>();
        var items = (await store.State("variants")).Select(row => ShopifyId.Item(long.Parse(Text(row, "inventoryItemId")!, CultureInfo.InvariantCulture)));
        foreach (var chunk in items.Chunk(200))
        {
            levels.AddRange((await Ask(Queries.InventoryLevelsOfItems(chunk))).Nodes.SelectMany(item => item!.InventoryLevels!.Nodes));
        }

        var truth = await store.State("inventory-levels");
        levels.Select(level => $"{level.Id} {Quantity(level, "available")} {Quantity(level, "on_hand")}").Order()
            .ShouldBe(truth.Select(row => $"gid://shopify/InventoryLevel/{Text(row, "id")} {row.GetProperty("available")} {row.GetProperty("on_hand")}").Order());
    }

    [Fact]
    public async Task Collections_come_with_their_sources_and_members_in_order()
    {
        var collections = (await Ask(Queries.CollectionsPage(null))).Collections.Nodes;
        var truth = await store.State("collections");
        collections.Count.ShouldBe(truth.Count);

        foreach (var collection in collections)
        {
            var row = truth.Single(row => Text(row, "id") == collection.Id.Number.ToString(CultureInfo.InvariantCulture));
            collection.Sources.Select(source => source.TypeName == "CollectionSubCollectionsSource" ? "subCollections" : "conditions")
                .ShouldBe(row.GetProperty("sources").EnumerateArray().Select(source => Text(source, "type")));
            foreach (var condition in collection.Sources.SelectMany(source => source.Inclusion?.Conditions ?? []))
            {
                condition.TypeName.ShouldNotBeNullOrEmpty();
                condition.Relation.ShouldNotBeNullOrEmpty();
            }
        }

        var members = (await store.State("collection-members")).ToLookup(row => Text(row, "collectionId"));
        foreach (var collection in collections)
        {
            var inOrder = (await Ask(Queries.CollectionMembers(collection.Id, null))).Collection!.Products!.Nodes.Select(node => node.Id.Number);
            inOrder.ShouldBe(members[collection.Id.Number.ToString(CultureInfo.InvariantCulture)]
                .OrderBy(row => row.GetProperty("position").GetInt32()).Select(row => long.Parse(Text(row, "productId")!, CultureInfo.InvariantCulture)));
        }

        (await Ask(Queries.CollectionsById([.. collections.Select(collection => collection.Id)]))).Nodes.Count.ShouldBe(collections.Count);
    }

    [Fact]
    public async Task Locations_publications_and_categories_are_read()
    {
        (await Ask(Queries.LocationsPage(null))).Locations.Nodes.Select(location => location.Name)
            .ShouldBe((await store.State("locations")).Select(row => Text(row, "name")!), ignoreOrder: true);

        var publications = (await Ask(Queries.PublicationsPage(null))).Publications.Nodes;
        publications.Select(publication => publication.Catalog!.Title).ShouldBe((await store.State("publications")).Select(row => Text(row, "title")), ignoreOrder: true);
        (await Ask(Queries.PublicationProducts(publications[0].Id, null))).Publication!.IncludedProducts!.Nodes.ShouldNotBeEmpty();

        var used = (await store.State("products")).Select(row => Text(row, "categoryId")).OfType<string>().Distinct().Take(50).ToList();
        (await Ask(Queries.TaxonomyCategories(used))).Nodes.ShouldAllBe(category => category != null && used.Contains(category.Id) && category.FullName != "");
    }

    [Fact]
    public async Task What_is_deleted_is_null_and_what_is_not_is_there()
    {
        var ids = (await ProductIds()).Take(2).Append(ShopifyId.Parse((await store.Create(1))[0])).ToArray();
        await store.Delete("product", ids[2].ToString());

        var nodes = (await Ask(Queries.NodesExist(ids))).Nodes;

        nodes[0]!.Id.ShouldBe(ids[0]);
        nodes[1]!.Id.ShouldBe(ids[1]);
        nodes[2].ShouldBeNull();
        (await Ask(Queries.ProductsById([ids[2]]))).Nodes.ShouldBe([null]);
        (await Ask(Queries.ProductsCount())).ProductsCount!.Count.ShouldBe(60);
    }

    [Fact]
    public async Task Where_lists_of_ids_are_dear_batches_shrink_until_they_fit()
    {
        await using var dear = await DemoStore.Start(60, more: "--dear-nodes");
        var client = dear.Admin();
        var ids = (await dear.State("products")).Select(row => ShopifyId.Product(long.Parse(Text(row, "id")!, CultureInfo.InvariantCulture))).ToList();
        var batches = new NodeBatches<ProductNode>(client, batch => Queries.ProductsById(batch), largest: 50);

        var read = new List<ShopifyId>();
        await foreach (var (id, product) in batches.Read([.. ids, ShopifyId.Product(4)], Lane.Background, CancellationToken.None))
        {
            (product?.Id ?? ShopifyId.Product(4)).ShouldBe(id);
            read.Add(id);
        }

        read.ShouldBe([.. ids, ShopifyId.Product(4)]);
        batches.Size.ShouldBeLessThan(50);
    }

    [Fact]
    public async Task Each_documents_estimate_is_no_less_than_its_cost()
    {
        var product = (await ProductIds())[0];
        await NotUnderestimated(Queries.Shop());
        await NotUnderestimated(Queries.ProductsCount());
        await NotUnderestimated(Queries.ProductsPage(null, null));
        await NotUnderestimated(Queries.ProductsById([product]));
        await NotUnderestimated(Queries.VariantsOfProduct(product, null));
        await NotUnderestimated(Queries.MediaOfProduct(product, null));
        await NotUnderestimated(Queries.MetafieldsOfProduct(product, null));
        await NotUnderestimated(Queries.NodesExist([product]));
        await NotUnderestimated(Queries.ResourcePublications([product]));
        await NotUnderestimated(Queries.PublicationsPage(null));
        await NotUnderestimated(Queries.LocationsPage(null));
        await NotUnderestimated(Queries.CollectionsPage(null));
        await NotUnderestimated(BulkOperations.List(null));
    }

    [Fact]
    public async Task A_scope_taken_away_is_an_error_and_no_empty_list()
    {
        await store.Fault("scope-removed", new { scopes = new[] { "read_locations" } });

        var fault = (await Should.ThrowAsync<ShopifyFaultException>(() => Ask(Queries.LocationsPage(null)))).Fault;

        fault.ShouldBeOfType<ShopifyFault.AccessDenied>();
        fault.CanRetry.ShouldBeFalse();
    }

    [Theory]
    [InlineData("throttle-storm", """{"times":2}""")]
    [InlineData("throttle-storm", """{"times":2,"status":429}""")]
    [InlineData("http-status", """{"status":429,"retryAfter":1,"times":1}""")]
    [InlineData("http-status", """{"status":503,"times":2}""")]
    [InlineData("drop-connection", """{"times":2}""")]
    [InlineData("drop-connection", """{"times":1,"before":true}""")]
    [InlineData("slow", """{"ms":60000,"times":1}""")]
    public async Task A_read_survives(string fault, string parameters)
    {
        await store.Fault(fault, JsonSerializer.Deserialize<JsonElement>(parameters));
        var hasty = store.Admin(new RetryOptions { AttemptTimeout = TimeSpan.FromSeconds(1), FirstWait = TimeSpan.FromMilliseconds(20) });

        var answer = await hasty.Send(Queries.ProductsCount(), Lane.Background, CancellationToken.None);

        answer.Data.ProductsCount!.Count.ShouldBe(60);
        answer.Attempts.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task A_token_by_client_credentials_is_renewed_when_it_expires()
    {
        var client = store.Admin(credentials: new ShopifyCredentials.Client(DemoStore.ClientId, DemoStore.ClientSecret));
        await client.Send(Queries.ProductsCount(), Lane.Background, CancellationToken.None);
        await Task.Delay(50);
        await store.Fault("token-expired");

        await client.Send(Queries.ProductsCount(), Lane.Background, CancellationToken.None);
    }

    [Fact]
    public async Task A_wrong_secret_is_named()
    {
        var client = store.Admin(credentials: new ShopifyCredentials.Client(DemoStore.ClientId, "wrong"));

        var thrown = await Should.ThrowAsync<ShopifyFaultException>(() => client.Send(Queries.Shop(), Lane.Interactive, CancellationToken.None));

        thrown.Fault.ShouldBeOfType<ShopifyFault.TokenRefused>().Error.ShouldBe("invalid_client");
    }

    [Fact]
    public async Task A_retired_version_is_noticed()
    {
        await store.Fault("api-version", new { served = "2027-01" });
        ApiVersionMismatch? seen = null;
        admin.VersionMismatch += mismatch => seen = mismatch;

        await Ask(Queries.ProductsCount());

        seen!.Answered.ShouldBe("2027-01");
    }

    private async Task<List<ShopifyId>> ProductIds()
    {
        var ids = new List<ShopifyId>();
        string? after = null;
        do
        {
            var page = (await Ask(Queries.ProductsPage("updated_at:>='2000-01-01T00:00:00Z'", after, first: 25))).Products;
            ids.AddRange(page.Nodes.Select(product => product.Id));
            after = page.PageInfo.HasNextPage ? page.PageInfo.EndCursor : null;
        }
        while (after is not null);
        return ids;
    }

    private async Task NotUnderestimated<T>(Operation<T> operation)
    {
        var answer = await admin.Send(operation, Lane.Background, CancellationToken.None);
        answer.Cost!.RequestedQueryCost.ShouldBeInRange(1, operation.EstimatedCost, operation.Name);
    }

    private async Task<T> Ask<T>(Operation<T> operation) =>
        (await admin.Send(operation, Lane.Background, CancellationToken.None)).Accepted();

    private static string Row(VariantNode variant) => string.Create(CultureInfo.InvariantCulture,
        $"{variant.Id.Number} {variant.Sku} {variant.Barcode} {variant.Price:0.00} {variant.CompareAtPrice:0.00} {variant.InventoryItem!.Id.Number} {variant.InventoryItem.UnitCost?.Amount:0.00}");

    private static long Quantity(InventoryLevelNode level, string name) => level.Quantities.Single(quantity => quantity.Name == name).Quantity;

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();
}

/// <summary>One demo store for a class whose tests leave its rows as they were.</summary>
public sealed class DemoShop : IAsyncLifetime
{
    public DemoStore Store { get; private set; } = null!;

    public async Task InitializeAsync() => Store = await DemoStore.Start(products: 60);

    public async Task DisposeAsync() => await Store.DisposeAsync();
}
