using System.Text.Json;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Search;
using CowansDashboard.Tests.Catalog.Categories;
using CowansDashboard.Tests.History;
using CowansDashboard.Tests.Runs;
using CowansDashboard.Tests.Search;
using CowansDashboard.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CowansDashboard.Tests.Catalog.Bulk;

/// <summary>What keeps a bulk edit from doing harm: a few products first, a stop at errors, zeros that are typed, a second person.</summary>
[Trait("Category", "Integration")]
public sealed class BulkGuardTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly AskedBy Bea = new("8", "Bea");
    private static readonly JsonElement GoOn = JsonSerializer.SerializeToElement(new { goOn = true });
    private static readonly PriceAction TenPercentMore = new(false, PriceMove.Percent, 10);

    [Fact]
    public async Task A_few_products_are_changed_first_and_the_rest_after_a_person_says_go_on()
    {
        var shop = await EditedShop.Open(database);
        long[] products = [await shop.Product("A", 2), await shop.Product("B", 2), await shop.Product("C", 2), await shop.Product("D", 2)];
        var preview = await Preview(shop, TenPercentMore, products);
        await using var node = await Node();

        var run = await Started(node, shop, preview, new() { Canary = 2 });
        var paused = await node.Until(run, RunStatus.Paused);

        paused.Now.Reason!.ShouldBe("The first 2 products are changed. Look at them, then go on with the other 2 products, or cancel.");
        (await Raised(products)).ShouldBe(4);
        // Spread over the selection, not the oldest of it.
        (await Raised([products[0], products[2]])).ShouldBe(4);
        await node.Get<ResumeRun>().Resume(run, GoOn, default);
        await node.Until(run, RunStatus.Succeeded);
        (await Raised(products)).ShouldBe(8);
        (await database.Scalar<string>("select string_agg(products || '/' || fields, ' ') from change_sets where run_id = $1", run)).ShouldBe("4/8", "one change set");
    }

    [Fact]
    public async Task Resuming_withleavinga_word_asks_again_and_a_canary_that_takes_in_all_asks_nothing()
    {
        var shop = await EditedShop.Open(database);
        long[] products = [await shop.Product("A"), await shop.Product("B")];
        var preview = await Preview(shop, TenPercentMore, products);
        await using var node = await Node();

        var run = await Started(node, shop, preview, new() { Canary = 1 });
        await node.Until(run, RunStatus.Paused);
        await node.Get<ResumeRun>().Resume(run, null, default);
        await node.Until(run, again => again.Now is { Status: RunStatus.Paused, Epoch: > 1 });
        (await Raised(products)).ShouldBe(1);

        var all = await Preview(shop, new SetField("vendor", "Glen"), products);
        await node.Until(await Started(node, shop, all, new() { Canary = 2 }), RunStatus.Succeeded);
    }

    [Fact]
    public async Task Too_many_rows_that_cannot_be_changed_stop_it_and_one_answer_answers_one_question()
    {
        var shop = await EditedShop.Open(database);
        long[] products = [await shop.Product("A"), await shop.Product("B"), await shop.Product("C")];
        await new SaveGuardLimits(database.Source).Save(shop.Store, new() { StopPercent = 20 }, RunsOfTests.Ann, default);
        var preview = await Preview(shop, TenPercentMore, products);
        await shop.Save("Bea", StaleMeans.Refuse, EditedShop.Price((await shop.Variants(products[0]))[0], 10, 15));
        await using var node = await Node();

        var run = await Started(node, shop, preview, new() { Canary = 1 });
        (await node.Until(run, RunStatus.Paused)).Now.Reason.ShouldBe("1 of the first 1 rows could not be changed: above 20% it stops. Go on with the other 2 rows, or cancel.");
        await node.Get<ResumeRun>().Resume(run, GoOn, default);
        (await node.Until(run, again => again.Now is { Status: RunStatus.Paused, Epoch: > 1 })).Now.Reason!.ShouldStartWith("The first 1 product is changed.");
        (await Raised(products)).ShouldBe(0, "the canary was not answered yet");
        await node.Get<ResumeRun>().Resume(run, GoOn, default);
        await node.Until(run, RunStatus.Succeeded);
        (await Raised(products)).ShouldBe(2);
    }

    [Fact]
    public async Task Prices_become_0_only_when_their_number_is_typed()
    {
        var shop = await EditedShop.Open(database);
        var preview = await Preview(shop, new PriceAction(false, PriceMove.Set, 0), await shop.Product("Free", 3));
        await using var node = await Node();

        var asks = (await Start(node, shop, preview, new() { ToWarnings = true })).ShouldBeOfType<StartBulkOutcome.Asks>();
        asks.Zeros.ShouldBe(3);
        asks.Warnings.ShouldBe(["3 prices would become 0."]);
        (await Start(node, shop, preview, new() { ToWarnings = true, Zeros = 2 })).ShouldBeOfType<StartBulkOutcome.Asks>().Warnings[^1].ShouldBe("2 was typed; 3 become 0.");
        (await Start(node, shop, preview, new() { Zeros = 3 })).ShouldBeOfType<StartBulkOutcome.Asks>();
        await node.Until(await Started(node, shop, preview, new() { ToWarnings = true, Zeros = 3 }), RunStatus.Succeeded);
    }

    [Fact]
    public async Task Above_the_limits_a_second_person_approves_what_was_shown()
    {
        var shop = await EditedShop.Open(database);
        long[] products = [await shop.Product("A"), await shop.Product("B"), await shop.Product("C")];
        await new SaveGuardLimits(database.Source).Save(shop.Store, new() { MostProducts = 2, MostPricePercent = 5 }, RunsOfTests.Ann, default);
        var (preview, approve) = (await Preview(shop, TenPercentMore, products), new ApproveBulkEdit(database.Source));
        await using var node = await Node();

        (await Start(node, shop, preview, new())).ShouldBeOfType<StartBulkOutcome.NeedsApproval>().Reasons
            .ShouldBe(["It changes 3 products; one person alone may change 2.", "It moves a price by 10%; one person alone may move prices by 5%."]);
        await new AskForApproval(database.Source).Ask(shop.Store, preview, default);
        (await new ListAwaitedApprovals(database.Source).List(shop.Store, default)).ShouldHaveSingleItem().PreviewId.ShouldBe(preview);
        var shown = await Read(shop, preview);
        (await approve.Approve(shop.Store, preview, shown.Revision, RunsOfTests.Ann, default)).ShouldBeOfType<ApproveBulkOutcome.OwnEdit>();
        (await approve.Approve(shop.Store, preview, shown.Revision, Bea, default)).ShouldBeOfType<ApproveBulkOutcome.Approved>();
        (await new ListAwaitedApprovals(database.Source).List(shop.Store, default)).ShouldBeEmpty();

        var rows = await new ReadBulkPreview(database.Source).Rows(shop.Store, preview, BulkRows.Changing, 0, 10, default);
        await new ExcludeBulkRows(database.Source).Exclude(shop.Store, preview, [rows[0].Id], true, default);
        (await Start(node, shop, preview, new())).ShouldBeOfType<StartBulkOutcome.NeedsApproval>("a row was left out after the approval");
        (await approve.Approve(shop.Store, preview, shown.Revision, Bea, default)).ShouldBeOfType<ApproveBulkOutcome.Altered>();
        (await approve.Approve(shop.Store, preview, (await Read(shop, preview)).Revision, Bea, default)).ShouldBeOfType<ApproveBulkOutcome.Approved>();
        await node.Until(await Started(node, shop, preview, new()), RunStatus.Succeeded);
        (await Raised(products)).ShouldBe(2);
    }

    [Fact]
    public async Task A_metafield_is_set_added_and_taken_away_and_all_of_it_can_be_undone()
    {
        var shop = await EditedShop.Open(database);
        long[] products = [await shop.Product("Has"), await shop.Product("Same"), await shop.Product("None"), await shop.Product("Taken")];
        await Metafield(shop, products[0], "Cotton");
        await Metafield(shop, products[1], "Wool");
        var material = new SetMetafield("product", "custom", "material", "single_line_text_field", "Wool");
        var preview = await Preview(shop, material, products);
        await using var node = await Node();
        (await Read(shop, preview)).ShouldSatisfyAllConditions(read => read.Changing.ShouldBe(3), read => read.Unchanged.ShouldBe(1), read => read.Products.ShouldBe(3));
        await Metafield(shop, products[3], "Linen");

        await node.Until(await Started(node, shop, preview, new()), RunStatus.Succeeded);

        (await Values(shop, products)).ShouldBe(["Wool", "Wool", "Wool", "Linen"]);
        var after = await Read(shop, preview);
        (after.Done, after.Skipped).ShouldBe((2, 1));

        await new UndoChanges(database.Source, shop.Saving).Undo(new(shop.Store, after.ChangeSetId!.Value), "8", "Bea", null, default);
        (await Values(shop, products)).ShouldBe(["Cotton", "Wool", "∅", "Linen"]);
        var away = await Preview(shop, material with { Value = null }, products);
        await node.Until(await Started(node, shop, away, new()), RunStatus.Succeeded);
        (await Values(shop, products)).ShouldAllBe(value => value == "∅");
        material.Problem("EUR").ShouldBeNull();
        (material with { Type = "number_integer" }).Problem("EUR")!.Value.ShouldBe("value");
    }

    [Fact]
    public async Task Products_are_put_into_a_collection_and_taken_leavingby_hand_and_both_can_be_undone()
    {
        var shop = await EditedShop.Open(database);
        long[] products = [await shop.Product("In"), await shop.Product("New")];
        var collection = await database.Scalar<long>(
            "insert into collections (store_id, shopify_id, title, handle, sort_order) values ($1, (random() * 1e12)::bigint, 'Knits', 'knits', 'MANUAL') returning id", shop.Store);
        await database.Scalar<long>("insert into collection_members (store_id, collection_id, product_id, position, ticket) values ($1, $2, $3, 1, 1) returning id", shop.Store, collection, products[0]);
        await using var node = await Node();

        var preview = await Preview(shop, new SetMembership(collection, "Knits", false), products);
        (await Read(shop, preview)).ShouldSatisfyAllConditions(read => read.Changing.ShouldBe(1), read => read.Unchanged.ShouldBe(1));
        await node.Until(await Started(node, shop, preview, new()), RunStatus.Succeeded);
        (await Marks()).ShouldBe("In 0, New 1");

        var leaving = await Preview(shop, new SetMembership(collection, "Knits", true), products);
        await node.Until(await Started(node, shop, leaving, new()), RunStatus.Succeeded);
        (await Marks()).ShouldBe("In 2");
        await new UndoChanges(database.Source, shop.Saving).Undo(new(shop.Store, (await Read(shop, leaving)).ChangeSetId!.Value), "8", "Bea", null, default);
        (await Marks()).ShouldBe("In 0, New 1");

        // Whom conditions hold nobody takes out by hand.
        await database.Scalar<long>("""
            insert into collection_sources (store_id, collection_id, position, source_type, definition)
            values ($1, $2, 1, 'CollectionConditionsSource', '{"inclusion": {"conditions": [{}]}}') returning id
            """, shop.Store, collection);
        (await Read(shop, await Preview(shop, new SetMembership(collection, "Knits", true), products))).ShouldSatisfyAllConditions(read => read.Changing.ShouldBe(1), read => read.Refused.ShouldBe(1));

        Task<string> Marks() => database.Scalar<string>(
            "select coalesce(string_agg(p.title || ' ' || m.mark, ', ' order by p.title), '') from collection_members m join products p on p.id = m.product_id where m.collection_id = $1", collection);
    }

    [Fact]
    public async Task Putting_into_a_collection_takes_nothing_out_whatever_title_was_sent()
    {
        var shop = await EditedShop.Open(database);
        long[] products = [await shop.Product("A"), await shop.Product("B")];
        var (knits, other) = (await Collection(shop.Store, "Knits"), await Collection(shop.Store, "Other"));
        // A membership that has the number of the product which is put in.
        await database.Scalar<long>("insert into collection_members (id, store_id, collection_id, product_id, position, ticket) values ($3, $1, $2, $4, 1, 1) returning id", shop.Store, other, products[0], products[1]);
        await using var node = await Node();

        var sent = JsonSerializer.Deserialize($$"""{"action": "collection", "collectionId": {{knits}}}""", BulkJson.Default.BulkAction)!;
        var preview = await Preview(shop, sent, products[0]);
        (await Read(shop, preview)).ShouldSatisfyAllConditions(read => read.Title.ShouldBe("Put into Knits"), read => read.Changing.ShouldBe(1));
        await node.Until(await Started(node, shop, preview, new()), RunStatus.Succeeded);
        (await database.Scalar<string>("select string_agg(collection_id || ' ' || product_id || ' ' || mark, ', ' order by collection_id) from collection_members where store_id = $1", shop.Store))
            .ShouldBe($"{knits} {products[0]} 1, {other} {products[1]} 0");

        (await Read(shop, await Preview(shop, new SetMembership(knits, "Sale", false), products[1]))).Title.ShouldBe("Put into Knits");
        var foreign = await Collection((await EditedShop.Open(database)).Store, "Foreign");
        (await Previewing.Preview(new(shop.Store, new(null, [.. products]), new SetMembership(foreign, "Foreign", false), RunsOfTests.Ann), default)).ShouldBeOfType<PreviewOutcome.Wrong>().Problem.Value.ShouldBe("collection");

        Task<long> Collection(long store, string title) => database.Scalar<long>(
            "insert into collections (store_id, shopify_id, title, handle, sort_order) values ($1, (random() * 1e12)::bigint, $2, lower($2), 'MANUAL') returning id", store, title);
    }

    [Fact]
    public async Task Products_are_put_into_an_own_category_with_Shopifys_and_found_there_and_an_undo_brings_both_back()
    {
        var shop = await EditedShop.Open(database);
        long[] products = [await shop.Product("Bare"), await shop.Product("There"), await shop.Product("Moved")];
        await database.Scalar<string>("insert into taxonomy_categories (id, name, full_name, level, is_leaf) values ('aa-1', 'Clothing', 'Apparel & Accessories > Clothing', 2, false) on conflict (id) do update set level = 2 returning id");
        var tree = new Tree(database, shop.Store);
        var women = await tree.Add("Women", taxonomy: "aa-1");
        var (tops, men) = (await tree.Add("Tops", women), await tree.Add("Men"));
        await tree.Assigning.Assign(shop.Store, tops, [products[1]], RunsOfTests.Ann, default);
        await using var node = await Node();

        var sent = JsonSerializer.Deserialize($$"""{"action": "own-category", "categoryId": {{tops}}, "name": "Sale"}""", BulkJson.Default.BulkAction)!;
        var preview = await Preview(shop, sent, products);
        // A row for each category, the own one and Shopify's.
        (await Read(shop, preview)).ShouldSatisfyAllConditions(read => read.Title.ShouldBe("Put into the category Tops"), read => read.Changing.ShouldBe(4), read => read.Unchanged.ShouldBe(1), read => read.Products.ShouldBe(2));
        await tree.Assigning.Assign(shop.Store, men, [products[2]], RunsOfTests.Ann, default);
        await node.Until(await Started(node, shop, preview, new()), RunStatus.Succeeded);

        var applied = await Read(shop, preview);
        (applied.Done, applied.Skipped).ShouldBe((2, 2));
        (await Lying()).ShouldBe("Bare Tops aa-1, Moved Men , There Tops aa-1");
        (await Found($"own-category={women}")).ShouldBe(["Bare", "There"], ignoreOrder: true);
        (await Found($"own-category.none={women}")).ShouldBe(["Moved"]);
        (await database.Scalar<string>("select kind from change_sets where id = $1", applied.ChangeSetId!.Value)).ShouldBe(ChangeSetKind.Category);

        (await tree.Undo(applied.ChangeSetId!.Value)).Stays.ShouldBeEmpty();
        (await Lying()).ShouldBe("Bare  , Moved Men , There Tops aa-1");
        (await Found("own-category=0")).ShouldBe(["Bare"]);

        await node.Until(await Started(node, shop, await Preview(shop, new SetOwnCategory(null), products), new()), RunStatus.Succeeded);
        (await Lying()).ShouldBe("Bare  , Moved  , There  aa-1");
        var foreign = await (await Tree.New(database)).Add("Foreign");
        (await Previewing.Preview(new(shop.Store, new(null, [.. products]), new SetOwnCategory(foreign), RunsOfTests.Ann), default)).ShouldBeOfType<PreviewOutcome.Wrong>().Problem.Value.ShouldBe("category");

        Task<string> Lying() => database.Scalar<string>("""
            select string_agg(p.title || ' ' || coalesce(c.name, '') || ' ' || coalesce(p.category_id, ''), ', ' order by p.title) from products p
            left join product_categories h on h.product_id = p.id left join categories c on c.id = h.category_id where p.store_id = $1
            """, shop.Store);

        Task<string[]> Found(string filter) => database.Source.Finder().Titles(filter, storeId: shop.Store);
    }

    [Fact]
    public async Task Previews_that_nobody_applied_are_swept_away_after_a_week()
    {
        var shop = await EditedShop.Open(database);
        var (old, young) = (await Preview(shop, TenPercentMore, await shop.Product("A")), await Preview(shop, TenPercentMore, await shop.Product("B")));
        await shop.Run("update bulk_previews set made_at = now() - interval '8 days' where id = $1", old);

        await new SweepBulkPreviews(database.Source, TimeProvider.System, NullLogger<SweepBulkPreviews>.Instance).Sweep(default);

        (await new ReadBulkPreview(database.Source).Find(shop.Store, old, default)).ShouldBeNull();
        (await database.Scalar<long>("select count(*) from bulk_items where preview_id = $1", old)).ShouldBe(0);
        (await Read(shop, young)).Changing.ShouldBe(1);
    }

    [Fact]
    public async Task An_edit_whose_run_was_given_up_is_swept_away_after_90_days()
    {
        var shop = await EditedShop.Open(database);
        long[] products = [await shop.Product("A"), await shop.Product("B")];
        var preview = await Preview(shop, TenPercentMore, products);
        await using var node = await Node();
        var run = await Started(node, shop, preview, new() { Canary = 1 });
        await node.Until(run, RunStatus.Paused);
        var sweep = new SweepBulkPreviews(database.Source, TimeProvider.System, NullLogger<SweepBulkPreviews>.Instance);
        await shop.Run("update bulk_previews set made_at = now() - interval '91 days' where id = $1", preview);
        await sweep.Sweep(default);
        (await Read(shop, preview)).Status.ShouldBe(BulkStatus.Applying, "somebody may still go on");

        await node.Get<CancelRun>().Cancel(run, RunsOfTests.Ann, default);
        await node.Until(run, RunStatus.Cancelled);
        await shop.Run("update runs set finished_at = now() - interval '91 days' where id = $1", run);
        await sweep.Sweep(default);

        (await new ReadBulkPreview(database.Source).Find(shop.Store, preview, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_price_of_0_that_becomes_another_and_a_compare_at_price_are_held_against_the_limit()
    {
        var shop = await EditedShop.Open(database);
        var (free, dear) = (await shop.Product("Free"), await shop.Product("Dear"));
        await new SaveGuardLimits(database.Source).Save(shop.Store, new() { MostPricePercent = 150 }, RunsOfTests.Ann, default);
        await shop.Run("update variants set price = 0 where product_id = $1", free);
        await shop.Run("update variants set compare_at_price = 1 where product_id = $1", dear);

        (await Read(shop, await Preview(shop, new PriceAction(false, PriceMove.Set, 9_999), free))).NeedsApproval.ShouldBe(["1 price that is 0 would become another; one person alone may move prices by 150%."]);
        (await Read(shop, await Preview(shop, new PriceAction(true, PriceMove.Set, 100), dear))).NeedsApproval.ShouldBe(["It moves a price by 9900%; one person alone may move prices by 150%."]);
        (await Read(shop, await Preview(shop, new PriceAction(true, PriceMove.Set, 100), free))).NeedsApproval.ShouldBeEmpty("there was none");
    }

    private PreviewBulkEdit Previewing
    {
        get
        {
            var understand = new UnderstandSearch(database.Source, new(database.Source, TimeProvider.System));
            return new PreviewBulkEdit(database.Source, new ReadSelectedProducts(database.Source, understand, new ReadStoreTime(database.Source, TimeProvider.System)));
        }
    }

    private Task<RunHost> Node() => RunHost.Start(database.ConnectionString, Guid.NewGuid().ToString(), new ApplyBulkEdit(database.Source));

    private async Task<long> Preview(EditedShop shop, BulkAction action, params long[] products) =>
        (await Previewing.Preview(new(shop.Store, new(null, [.. products]), action, RunsOfTests.Ann), default)).ShouldBeOfType<PreviewOutcome.Prepared>().PreviewId;

    private async Task<BulkPreview> Read(EditedShop shop, long preview) => (await new ReadBulkPreview(database.Source).Find(shop.Store, preview, default)).ShouldNotBeNull();

    private Task<StartBulkOutcome> Start(RunHost node, EditedShop shop, long preview, BulkConsent consent) =>
        new StartBulkEdit(database.Source, node.Get<EnqueueRun>()).Start(shop.Store, preview, consent, RunsOfTests.Ann, default);

    private async Task<long> Started(RunHost node, EditedShop shop, long preview, BulkConsent consent) =>
        (await Start(node, shop, preview, consent)).ShouldBeOfType<StartBulkOutcome.Started>().RunId;

    private Task<long> Raised(long[] products) => database.Scalar<long>("select count(*) from variants where product_id = any($1) and price = 11.00", products);

    private static Task Metafield(EditedShop shop, long product, string value) => shop.Run(
        "insert into metafields (store_id, owner_kind, owner_id, namespace, key, type, value, shopify_id) values ($1, 'product', $2, 'custom', 'material', 'single_line_text_field', $3, $2)", shop.Store, product, value);

    private async Task<string[]> Values(EditedShop shop, long[] products)
    {
        var values = new List<string>();
        foreach (var product in products)
            values.Add(await database.Scalar<string>("select coalesce(max(value), '∅') from metafields where store_id = $1 and owner_id = $2 and deleted_at is null", shop.Store, product));
        return [.. values];
    }
}
