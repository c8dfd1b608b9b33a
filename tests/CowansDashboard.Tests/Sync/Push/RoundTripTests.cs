using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;
using CowansDashboard.Search;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync.Purge;
using CreateProduct = CowansDashboard.Catalog.CreateProduct;

namespace CowansDashboard.Tests.Sync.Push;

/// <summary>The largest product that Shopify takes, there and back: made, edited, edited in bulk, all of it taken back, deleted, restored, and deleted for good.</summary>
[Trait("Category", "Integration")]
public sealed class RoundTripTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int Colours = 128;
    private const int Sizes = 16;

    [Fact]
    public async Task A_product_with_2048_variants_250_tags_and_25_metafields_is_the_same_on_both_sides_after_everything()
    {
        await using var shop = await EditedShop.Start(database, 10);
        var product = await Create(shop);
        await Pushed(shop, "direct");
        var made = await Truth(shop, product);
        (made.Count(row => row.StartsWith("variant", StringComparison.Ordinal)), made.Count(row => row.Contains("namespace=proof", StringComparison.Ordinal))).ShouldBe((ShopifyLimits.MostVariants, 25));
        (await database.Scalar<int>("select cardinality(tags) from products where id = $1", product)).ShouldBe(ShopifyLimits.MostTags);

        var edited = await Edit(shop, product);
        await Pushed(shop, "direct");
        var raised = await shop.EditMany(new ProductSelection(null, [product]), new PriceAction(false, PriceMove.Percent, 10));
        await Pushed(shop, "bulk");
        (await Truth(shop, product)).Except(made).Count().ShouldBeGreaterThan(ShopifyLimits.MostVariants, "every price is another one");

        foreach (var set in new[] { raised, edited })
            (await shop.Host.Get<UndoChanges>().Undo(new UndoScope(shop.Store, set), "ann", "Ann", null, default)).ShouldBeOfType<SaveOutcome.Saved>().LeftOut.ShouldBeEmpty();
        await Pushed(shop, "direct");
        (await Truth(shop, product)).ShouldBe(made);

        var removed = new RemovedShop(database, shop);
        var deleted = await removed.Archive(product);
        (await Truth(shop, product)).Except(made).ShouldHaveSingleItem().ShouldContain("status=ARCHIVED");
        (await shop.Host.Get<UndoChanges>().Undo(new UndoScope(shop.Store, deleted), "ann", "Ann", null, default)).ShouldBeOfType<SaveOutcome.Saved>().LeftOut.ShouldBeEmpty();
        await Pushed(shop, "direct");
        (await Truth(shop, product)).ShouldBe(made, "restored within its window it is what it was, ids and all");

        await removed.Archive(product);
        (await removed.Purge()).Now.Counters.Deleted.ShouldBe(1);
        (await Truth(shop, product)).ShouldBeEmpty();
        (await shop.Waiting()).ShouldBe(0);
        await shop.Host.Pull(shop.Store);
        await shop.Shop.ShouldBeInTheCopy();
    }

    [Fact]
    public async Task A_2049th_variant_is_refused_with_the_reason_before_Shopify_is_asked_for_anything()
    {
        await using var shop = await EditedShop.Start(database, 10);
        var product = await Create(shop);
        await Pushed(shop, "direct");
        var asked = await shop.Asked();
        var another = new JsonObject { ["option_values"] = new JsonArray("Colour 0", "one more"), ["price"] = 1 };

        var refused = await shop.Host.Get<ChangeStructure>().Change(shop.Head(), product, [new StructureChange.AddVariants([another])], [], default);
        refused.ShouldBeOfType<SaveOutcome.Refused>().Problems.ShouldContain(problem => problem.Sentence.Contains("2,048", StringComparison.Ordinal));
        // One that came here by another way is not tried either.
        await database.Scalar<long>("""
            with v as (insert into variants (store_id, product_id, option_values, title, position, price, mark) values ($1, $2, '{"Colour 0","one more"}', 'Colour 0 / one more', 2049, 1, 1) returning 1) select count(*) from v
            """, shop.Store, product);
        var plan = await shop.Prepare();
        var item = (await shop.Items(plan)).ShouldHaveSingleItem();
        (item.Status, item.Outcome).ShouldBe((PushStatus.Refused, "The product would have 2,049 variants; Shopify takes 2,048."));
        (await shop.Host.Get<StartPush>().Start(shop.Store, plan, null, PullHost.Ann, default)).ShouldBeOfType<StartPushOutcome.Refused>();

        (await shop.Asked()).ShouldBe(asked);
    }

    private static async Task<long> Create(EditedShop shop)
    {
        string[] colours = [.. Enumerable.Range(0, Colours).Select(n => $"Colour {n}")];
        string[] sizes = [.. Enumerable.Range(0, Sizes).Select(n => $"Größe {n} “☃”")];
        var saved = (await shop.Host.Get<CreateProduct>().Create(shop.Head(ChangeSetKind.Create, "Created"), new NewProduct(new JsonObject
        {
            ["title"] = "Ærø – très 長い 🧶 \"quoted\" <b>",
            ["description_html"] = "<p>Würde &amp; Maß – ☃</p>",
            ["vendor"] = "Ñandú & Söhne",
            ["status"] = "ACTIVE",
            ["tags"] = Tags(0, ShopifyLimits.MostTags),
        })
        {
            Options = [new NewOption("Farbe", colours), new NewOption("Größe", sizes)],
            Variants = [.. from colour in colours from size in sizes select new JsonObject { ["option_values"] = new JsonArray(colour, size), ["price"] = 10 + size.Length, ["sku"] = $"Ü-{colour[7..]}-{size.Split(' ')[1]}" }],
            Metafields = [.. Enumerable.Range(0, 25).Select(Metafield)],
        }, default)).ShouldBeOfType<SaveOutcome.Saved>();
        return saved.Created[CreateProduct.Key];
    }

    private static JsonObject Metafield(int number) => new()
    {
        ["namespace"] = "proof",
        ["key"] = string.Create(CultureInfo.InvariantCulture, $"field_{number}"),
        ["type"] = (number % 4) switch { 0 => "single_line_text_field", 1 => "number_integer", 2 => "boolean", _ => "multi_line_text_field" },
        ["value"] = (number % 4) switch { 0 => $"Wert {number} ☃", 1 => $"{number}", 2 => "true", _ => $"Zeile {number}\nnoch eine – ü" },
    };

    private static JsonArray Tags(int from, int count) => [.. Enumerable.Range(from, count).Select(number => $"tag {number:000} ü☃").Order(StringComparer.Ordinal).Select(tag => (JsonNode)tag)];

    private async Task<long> Edit(EditedShop shop, long product)
    {
        var metafields = await database.Scalar<long[]>("select array_agg(id order by id) from metafields where owner_kind = 'product' and owner_id = $1 and type = 'single_line_text_field'", product);
        var variants = await database.Scalar<long[]>("select array_agg(id order by position) from variants where product_id = $1", product);
        var skus = await database.Scalar<string[]>("select array_agg(sku order by position) from variants where product_id = $1", product);
        var values = await database.Scalar<string[]>("select array_agg(value order by id) from metafields where id = any($1)", metafields);
        var saved = (await shop.Host.Get<SaveChangeSet>().Save(shop.Head(),
        [
            new FieldEdit("product", product, "title", "Ærø – très 長い 🧶 \"quoted\" <b>", "Другое имя 🧣"),
            new FieldEdit("product", product, "description_html", "<p>Würde &amp; Maß – ☃</p>", "<p>Anders</p>"),
            new FieldEdit("product", product, "tags", Tags(0, ShopifyLimits.MostTags), Tags(7, ShopifyLimits.MostTags)),
            .. metafields.Zip(values, (id, value) => new FieldEdit("metafield", id, "value", value, $"{value} – anders")),
            .. variants.Take(300).Zip(skus, (id, sku) => new FieldEdit("variant", id, "sku", sku, $"{sku}-neu")),
        ], StaleMeans.Refuse, default)).ShouldBeOfType<SaveOutcome.Saved>();
        saved.Fields.ShouldBe(3 + metafields.Length + 300);
        return saved.ChangeSetId;
    }

    // Sent, read back whole, and compared row by row.
    private static async Task Pushed(EditedShop shop, string path)
    {
        var plan = await shop.Prepare();
        await shop.Force(plan, path);
        await shop.Push(plan);
        (await shop.Items(plan)).Where(item => item.Status != PushStatus.Done).Select(item => $"{item.Entity} {item.EntityId}: {item.Status} {item.Outcome}").Take(5).ShouldBeEmpty();
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
        await shop.Host.Pull(shop.Store);
        await shop.Shop.ShouldBeInTheCopy();
    }

    /// <summary>What Shopify holds of the product, but for the times.</summary>
    private async Task<List<string>> Truth(EditedShop shop, long product)
    {
        var id = (await database.Scalar<long>("select shopify_id from products where id = $1", product)).ToString(CultureInfo.InvariantCulture);
        var variants = (await shop.Demo.State("variants")).Where(row => row.GetProperty("productId").GetString() == id).ToList();
        var own = variants.Select(row => row.GetProperty("id").GetString()).Append(id).ToHashSet();
        return
        [
            .. (await shop.Demo.State("products")).Where(row => row.GetProperty("id").GetString() == id).Select(row => $"product {Untimed(row)}"),
            .. (await shop.Demo.State("options")).Where(row => row.GetProperty("productId").GetString() == id).Select(row => $"option {Untimed(row)}"),
            .. variants.Select(row => $"variant {Untimed(row)}"),
            .. (await shop.Demo.State("metafields")).Where(row => own.Contains(row.GetProperty("ownerId").GetString())).Select(row => $"metafield {Untimed(row)}"),
        ];
    }

    private static string Untimed(System.Text.Json.JsonElement row) =>
        string.Join(" ¦ ", row.EnumerateObject().Where(field => field.Name is not ("updatedAt" or "createdAt")).Select(field => $"{field.Name}={field.Value}"));
}
