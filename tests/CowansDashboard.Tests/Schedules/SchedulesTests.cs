using CowansDashboard.Catalog;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;
using CowansDashboard.History.Layers;
using CowansDashboard.Runs;
using CowansDashboard.Schedules;
using CowansDashboard.Tests.History;
using CowansDashboard.Tests.Runs;
using CowansDashboard.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CowansDashboard.Tests.Schedules;

[Trait("Category", "Integration")]
public sealed class SchedulesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly PriceAction Sale = new(false, PriceMove.Percent, -20), Deeper = new(false, PriceMove.Percent, -50);

    [Fact]
    public async Task A_sale_begins_and_ends_by_itself_and_both_stand_in_the_history()
    {
        await using var shop = await ScheduledShop.Open(database);
        var product = await shop.Shop.Product("Jumper", 2);
        var sale = await shop.Schedule(Sale, 1, 25, product);

        await shop.Pass(0.5);
        (await shop.Price(product), (await shop.Of(sale)).State).ShouldBe(("10.00", ScheduleState.Planned));
        await shop.Pass(0.5);
        (await shop.Price(product), await shop.Pending(product), (await shop.Of(sale)).State).ShouldBe(("8.00", "{\"price\": 10.00}", ScheduleState.Active));
        await shop.Pass(24);

        var over = await shop.Of(sale);
        (await shop.Price(product), await shop.Pending(product), over.State, over.StartSaid, over.EndSaid).ShouldBe(("10.00", "∅", ScheduleState.Done, "2 values set.", "2 values returned."));
        (await database.Scalar<string>("select string_agg(kind || ' ' || title || ' ' || made_by_name || ' ' || fields, ', ' order by id) from change_sets where id = any($1)", new[] { over.StartChangeSet!.Value, over.EndChangeSet!.Value }))
            .ShouldBe("schedule Price −20%: begins Ann 2, schedule Price −20%: ends Ann 2");
        (await database.Scalar<long>("select count(*) from layered_values where entity_id = any($1)", await shop.Shop.Variants(product))).ShouldBe(0);
    }

    [Theory]
    [InlineData(10, 5, "5.00", "5.00")]
    [InlineData(5, 10, "5.00", "8.00")]
    public async Task Two_sales_on_one_product_leave_the_right_price_whichever_ends_first(int deeperEnds, int saleEnds, string during, string afterOne)
    {
        await using var shop = await ScheduledShop.Open(database);
        var product = await shop.Shop.Product();
        await shop.Schedule(Sale, 1, saleEnds, product);
        await shop.Schedule(Deeper, 2, deeperEnds, product);
        (await shop.Read.Overlaps(shop.Shop.Store, default)).ShouldHaveSingleItem().Products.ShouldBe(1);

        await shop.Pass(1);
        (await shop.Price(product)).ShouldBe("8.00");
        await shop.Pass(1);
        (await shop.Price(product)).ShouldBe(during);
        await shop.Pass(3);
        (await shop.Price(product)).ShouldBe(afterOne);
        await shop.Pass(5);
        (await shop.Price(product), await shop.Pending(product)).ShouldBe(("10.00", "∅"));
    }

    [Fact]
    public async Task Random_orders_of_starts_ends_and_edits_leave_what_the_model_says()
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var random = new Random(seed);
            await using var shop = await ScheduledShop.Open(database);
            long[] products = [await shop.Shop.Product("A"), await shop.Shop.Product("B")];
            var plans = new List<(long Id, double Starts, double Ends, decimal Value, long[] Products)>();
            for (var i = 0; i < 5; i++)
            {
                double starts = 1 + random.Next(8), ends = starts + 1 + random.Next(8);
                long[] some = random.Next(3) == 0 ? products : [products[random.Next(2)]];
                plans.Add((await shop.Schedule(new PriceAction(false, PriceMove.Set, 20 + i), starts, ends, some), starts, ends, 20 + i, some));
            }
            var bases = products.ToDictionary(product => product, _ => (Value: 10m, Since: 0.0));
            for (var hour = 1; hour <= 17; hour++)
            {
                await shop.Pass(1);
                foreach (var product in products)
                {
                    if (random.Next(5) == 0)
                    {
                        var (variant, now) = ((await shop.Shop.Variants(product))[0], decimal.Parse(await shop.Price(product), System.Globalization.CultureInfo.InvariantCulture));
                        await shop.Shop.Save(EditedShop.Price(variant, now, 100 + hour));
                        bases[product] = (100 + hour, hour + 0.5);
                    }
                    // An edit ends what ran at that moment; what began later lies over it.
                    var over = plans.Where(plan => plan.Products.Contains(product) && plan.Starts <= hour && hour < plan.Ends && plan.Starts > bases[product].Since).OrderBy(plan => (plan.Starts, plan.Id)).LastOrDefault();
                    decimal.Parse(await shop.Price(product), System.Globalization.CultureInfo.InvariantCulture)
                        .ShouldBe(over.Id == 0 ? bases[product].Value : over.Value, $"seed {seed}, hour {hour}");
                }
            }
            (await database.Scalar<long>("select count(*) from schedule_layers where store_id = $1 and state in ('waiting', 'active')", shop.Shop.Store)).ShouldBe(0);
        }
    }

    [Fact]
    public async Task What_somebody_changes_during_a_sale_stays_after_it_and_is_named()
    {
        await using var shop = await ScheduledShop.Open(database);
        var (edited, kept) = (await shop.Shop.Product("Edited"), await shop.Shop.Product("Kept"));
        var sale = await shop.Schedule(Sale, 1, 2, edited, kept);
        await shop.Pass(1);

        var change = await shop.Shop.Save(EditedShop.Price((await shop.Shop.Variants(edited))[0], 8, 7));
        await shop.Pass(1);

        (await shop.Price(edited), await shop.Price(kept), (await shop.Of(sale)).EndSaid).ShouldBe(("7", "10.00", "1 value returned, 1 value changed by others meanwhile and kept."));
        (await shop.Read.Values(shop.Shop.Store, sale, ["lifted"], 0, 10, default)).ShouldHaveSingleItem().ProductId.ShouldBe(edited);
        change.ShouldBeOfType<SaveOutcome.Saved>();
    }

    [Fact]
    public async Task An_edit_only_until_the_end_leaves_what_lies_beneath_and_a_value_tells_which_schedules_hold_it()
    {
        await using var shop = await ScheduledShop.Open(database);
        var product = await shop.Shop.Product();
        var variant = (await shop.Shop.Variants(product))[0];
        await shop.Schedule(Sale, 1, 3, product);
        await shop.Schedule(Deeper, 2, 3, product);
        await shop.Pass(1);

        await shop.Shop.Save(new WantedChanges { Fields = [EditedShop.Price(variant, 8, 7)], UntilEnd = true });

        var layers = await new ReadLayers(database.Source).OfProduct(shop.Shop.Store, product, default);
        layers.Select(layer => (layer.IsActive, layer.Value!.ToJsonString(), layer.Beneath?.ToJsonString())).ShouldBe([(true, "7", "10.00"), (false, "5.00", null)]);
        (await shop.Price(product)).ShouldBe("7");
        await shop.Pass(2);
        (await shop.Price(product)).ShouldBe("10.00");
    }

    [Fact]
    public async Task An_edit_that_is_taken_back_during_a_sale_lets_the_sale_end_as_planned()
    {
        await using var shop = await ScheduledShop.Open(database);
        var product = await shop.Shop.Product();
        await shop.Schedule(Sale, 1, 2, product);
        await shop.Pass(1);
        var edit = (await shop.Shop.Save(EditedShop.Price((await shop.Shop.Variants(product))[0], 8, 7))).ShouldBeOfType<SaveOutcome.Saved>();

        await new UndoChanges(database.Source, shop.Shop.Saving).Undo(new(shop.Shop.Store, edit.ChangeSetId), "7", "Ann", null, default);
        (await shop.Price(product)).ShouldBe("8.00");
        await shop.Pass(1);

        (await shop.Price(product)).ShouldBe("10.00");
    }

    [Fact]
    public async Task An_edit_made_during_a_sale_and_taken_back_after_it_brings_back_what_lay_beneath()
    {
        await using var shop = await ScheduledShop.Open(database);
        var product = await shop.Shop.Product();
        var variant = (await shop.Shop.Variants(product))[0];
        await shop.Schedule(Sale, 1, 10, product);
        await shop.Schedule(Deeper, 2, 4, product);
        foreach (var hours in new[] { 1, 1, 3 })
            await shop.Pass(hours);
        (await shop.Price(product)).ShouldBe("8.00", "one sale is over, the other shows");
        var edit = (await shop.Shop.Save(EditedShop.Price(variant, 8, 12))).ShouldBeOfType<SaveOutcome.Saved>().ChangeSetId;
        await shop.Pass(6);
        (await shop.Price(product)).ShouldBe("12", "it was changed for good");

        var seen = await new PreviewUndo(database.Source).Preview(new(shop.Shop.Store, edit), 5, default);
        await new UndoChanges(database.Source, shop.Shop.Saving).Undo(new(shop.Shop.Store, edit), "7", "Ann", null, default);

        seen.Returning.ShouldHaveSingleItem().After!.ToJsonString().ShouldBe("10.00");
        (await shop.Price(product)).ShouldBe("10.00");
    }

    [Fact]
    public async Task Tags_come_and_go_one_by_one_and_those_of_others_stay()
    {
        await using var shop = await ScheduledShop.Open(database);
        var product = await shop.Shop.Product("Jumper", 1, "wool", "winter");
        await shop.Schedule(new ChangeTags(["sale"], ["winter"]), 1, 3, product);
        await shop.Schedule(new ChangeTags(["sale", "friday"], []), 2, 4, product);

        await shop.Pass(1);
        (await Tags()).ShouldBe("[\"sale\", \"wool\"]");
        await shop.Shop.Save(new FieldEdit("product", product, "tags", EditedShop.Texts("sale", "wool"), EditedShop.Texts("sale", "wool", "new")));
        await shop.Pass(1);
        (await Tags()).ShouldBe("[\"friday\", \"new\", \"sale\", \"wool\"]");
        await shop.Pass(1);
        (await Tags()).ShouldBe("[\"friday\", \"new\", \"sale\", \"winter\", \"wool\"]", "the second still holds the tag sale");
        await shop.Pass(1);
        (await Tags()).ShouldBe("[\"new\", \"winter\", \"wool\"]");

        Task<string> Tags() => shop.Shop.Value("products", product, "tags");
    }

    [Fact]
    public async Task A_sale_that_ends_while_its_product_is_deleted_is_over_when_the_product_is_restored()
    {
        await using var shop = await ScheduledShop.Open(database);
        var product = await shop.Shop.Product();
        var sale = await shop.Schedule(Sale, 1, 5, product);
        await shop.Pass(1);
        (await shop.Price(product)).ShouldBe("8.00");
        await new DeleteProducts(shop.Shop.Saving).Delete(new DeleteRequest(shop.Shop.Store, [product], new Removal(24), "Deleted", "8", "Bea"), default);

        await shop.Pass(4);
        var restored = await new RollBackProducts(database.Source, new UndoChanges(database.Source, shop.Shop.Saving)).RollBack(shop.Shop.Store, [product], null, "8", "Bea", default);

        (restored.Products, restored.Left.Count).ShouldBe((1, 0));
        (await shop.Price(product), await shop.Pending(product), (await shop.Of(sale)).EndSaid).ShouldBe(("10.00", "∅", "1 value returned."));
        (await shop.Shop.Value("products", product, "status")).ShouldBe("\"ACTIVE\"");
        (await database.Scalar<long>("select count(*) from layered_values where entity_id = any($1)", await shop.Shop.Variants(product))).ShouldBe(0);
    }

    [Fact]
    public async Task Without_an_end_it_stays_over_a_sale_too_and_leaves_what_was_changed_since()
    {
        await using var shop = await ScheduledShop.Open(database);
        var (raised, theirs) = (await shop.Shop.Product("Raised"), await shop.Shop.Product("Theirs"));
        var sale = await shop.Schedule(Sale, 1, 5, raised);
        var dearer = await shop.Schedule(new PriceAction(false, PriceMove.Set, 12), 2, null, raised, theirs);
        await shop.Shop.Save("Bea", StaleMeans.Refuse, EditedShop.Price((await shop.Shop.Variants(theirs))[0], 10, 15));

        await shop.Pass(2);
        (await shop.Price(raised), await shop.Price(theirs), (await shop.Of(dearer)).State).ShouldBe(("12", "15", ScheduleState.Done));
        (await shop.Of(dearer)).StartSaid.ShouldBe("1 value set, 1 value left as they were.");
        await shop.Pass(3);
        (await shop.Price(raised), (await shop.Of(sale)).State).ShouldBe(("12", ScheduleState.Done));
    }

    [Fact]
    public async Task A_run_that_dies_half_way_goes_on_and_each_value_is_set_and_returned_once()
    {
        await using var shop = await ScheduledShop.Open(database);
        long[] products = [await shop.Shop.Product("A", 600), await shop.Shop.Product("B", 600), await shop.Shop.Product("C", 600)];
        var sale = await shop.Schedule(Sale, 1, 2, products);
        var bad = (await shop.Shop.Variants(products[2]))[^1];
        await shop.Shop.Run($"create or replace function strike_{bad}() returns trigger language plpgsql as 'begin if new.id = {bad} then raise exception ''struck by lightning''; end if; return new; end'");
        foreach (var (hour, price, state) in new[] { (1, "8.00", ScheduleState.Starting), (2, "10.00", ScheduleState.Ending) })
        {
            await shop.Shop.Run($"create trigger strike_{bad} before update on variants for each row execute function strike_{bad}()");
            shop.Clock.Advance(TimeSpan.FromHours(1));
            await shop.Wake.Wake(default);
            var run = await database.Scalar<long>("select max(id) from runs where store_id = $1", shop.Shop.Store);
            await shop.Node.Until(run, RunStatus.Failed);
            (await shop.Of(sale)).State.ShouldBe(state);
            await shop.Wake.Wake(default);
            (await database.Scalar<long>("select max(id) from runs where store_id = $1", shop.Shop.Store)).ShouldBe(run, $"what failed rests for a while, hour {hour}");
            await shop.Shop.Run($"drop trigger strike_{bad} on variants");
            await shop.Node.Get<RetryRun>().Retry(run, RunsOfTests.Ann, default);
            await shop.Node.Until(run, RunStatus.Succeeded);
            (await database.Scalar<long>("select count(*) from variants where product_id = any($1) and price = $2::numeric", products, decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture))).ShouldBe(1_800);
        }
        (await database.Scalar<string>("select string_agg(products || '/' || fields, ' ' order by id) from change_sets where store_id = $1", shop.Shop.Store)).ShouldBe("3/1800 3/1800");
    }

    [Fact]
    public async Task What_was_typed_on_a_products_page_begins_and_ends_by_itself_and_nothing_is_kept_of_what_cannot()
    {
        await using var shop = await ScheduledShop.Open(database);
        var product = await shop.Shop.Product("Jumper");
        var variant = (await shop.Shop.Variants(product))[0];
        var scheduling = new ScheduleFields(database.Source, new ScheduleBulkEdit(database.Source, shop.Clock, shop.Wake));
        FieldEdit title = new(CatalogueFields.Product, product, "title", "Jumper", "Jumper, in the sale"), price = new(CatalogueFields.Variant, variant, "price", 10.00m, 7.50m);

        (await Try(shop.Times(3, 2), new(), title, price)).ShouldBeOfType<ScheduleOutcome.Wrong>().Problem.Value.ShouldBe("end");
        (await Try(shop.Times(1, 2), new(), price with { New = 0m })).ShouldBeOfType<ScheduleOutcome.Asks>().Zeros.ShouldBe(1);
        (await database.Scalar<long>("select count(*) from bulk_previews where store_id = $1", shop.Shop.Store)).ShouldBe(0);
        var sale = (await Try(shop.Times(1, 2), new(), title, price)).ShouldBeOfType<ScheduleOutcome.Scheduled>().ScheduleId;
        (await shop.Price(product), (await shop.Of(sale)).Fields).ShouldBe(("10.00", 2));

        await shop.Pass(1);
        (await shop.Price(product), await shop.Shop.Value("products", product, "title")).ShouldBe(("7.50", "\"Jumper, in the sale\""));
        await shop.Pass(1);
        (await shop.Price(product), await shop.Shop.Value("products", product, "title"), await shop.Pending(product)).ShouldBe(("10.00", "\"Jumper\"", "∅"));
        (ScheduleFields.CanWait("product", "title"), ScheduleFields.CanWait("media", "position"), ScheduleFields.CanWait("inventory level", "available")).ShouldBe((true, false, false));

        Task<ScheduleOutcome> Try(ScheduleTimes times, BulkConsent consent, params FieldEdit[] fields) =>
            scheduling.Schedule(shop.Shop.Store, product, "Jumper, title and price", fields, times, consent, RunsOfTests.Ann, default);
    }

    [Fact]
    public async Task Above_the_limits_it_begins_only_after_a_second_person_agreed_and_says_so()
    {
        await using var shop = await ScheduledShop.Open(database);
        await new SaveGuardLimits(database.Source).Save(shop.Shop.Store, new() { MostPricePercent = 15 }, RunsOfTests.Ann, default);
        var product = await shop.Shop.Product();
        var sale = await shop.Schedule(Sale, 1, 10, product);
        var preview = (await shop.Of(sale)).PreviewId;

        await shop.Pass(1);
        var held = await shop.Of(sale);
        (await shop.Price(product), held.State, held.IsHeldBack(shop.Clock.GetUtcNow())).ShouldBe(("10.00", ScheduleState.Planned, true));
        await shop.Pass(1);
        (await database.Scalar<long>("select count(*) from runs where store_id = $1", shop.Shop.Store)).ShouldBe(1, "it is not tried again and again");
        (await new ListAwaitedApprovals(database.Source).List(shop.Shop.Store, default)).ShouldHaveSingleItem().PreviewId.ShouldBe(preview);
        var revision = (await new ReadBulkPreview(database.Source).Find(shop.Shop.Store, preview, default))!.Revision;
        (await new ApproveBulkEdit(database.Source).Approve(shop.Shop.Store, preview, revision, RunsOfTests.Ann, default)).ShouldBeOfType<ApproveBulkOutcome.OwnEdit>();
        (await new ApproveBulkEdit(database.Source).Approve(shop.Shop.Store, preview, revision, new AskedBy("8", "Bea"), default)).ShouldBeOfType<ApproveBulkOutcome.Approved>();
        await shop.Look();
        (await shop.Price(product)).ShouldBe("8.00");
        await shop.Pass(8);
        (await shop.Price(product)).ShouldBe("10.00");
    }

    [Fact]
    public async Task One_that_sends_more_products_than_one_person_may_waits_for_a_second_one_also_when_sending_was_decided_later()
    {
        await using var shop = await ScheduledShop.Open(database);
        await new SaveGuardLimits(database.Source).Save(shop.Shop.Store, new() { MostPushed = 1 }, RunsOfTests.Ann, default);
        long[] products = [await shop.Shop.Product(), await shop.Shop.Product()];
        var sale = await shop.Schedule(Sale, 1, 10, products);
        (await shop.Of(sale)).NeedsApproval.ShouldBeEmpty();

        (await new ChangeSchedule(database.Source, shop.Clock, shop.Wake).Change(shop.Shop.Store, sale, shop.Times(1, 10) with { Sends = true }, RunsOfTests.Ann, default)).ShouldBeOfType<ScheduleOutcome.Scheduled>();
        await shop.Pass(1);

        var held = await shop.Of(sale);
        (await shop.Price(products[0]), held.State, held.IsHeldBack(shop.Clock.GetUtcNow())).ShouldBe(("10.00", ScheduleState.Planned, true));
        held.NeedsApproval.ShouldBe(["It sends 2 products to Shopify; one person alone may send 1."]);
        (await new ReadBulkPreview(database.Source).Find(shop.Shop.Store, held.PreviewId, default))!.NeedsApproval.ShouldBe(held.NeedsApproval);
    }

    [Fact]
    public async Task What_should_have_begun_and_ended_while_no_server_ran_is_not_done_and_a_late_start_is_caught_up_once()
    {
        await using var shop = await ScheduledShop.Open(database);
        var (missed, late) = (await shop.Shop.Product("Missed"), await shop.Shop.Product("Late"));
        var (over, running) = (await shop.Schedule(Sale, 1, 2, missed), await shop.Schedule(Sale, 1, 50, late));

        await shop.Pass(10);

        (await shop.Of(over)).ShouldSatisfyAllConditions(one => one.State.ShouldBe(ScheduleState.Missed), one => one.StartSaid.ShouldBe("It did not run: its end was over before it could begin."));
        (await shop.Price(missed), await shop.Price(late), (await shop.Of(running)).State).ShouldBe(("10.00", "8.00", ScheduleState.Active));
        (await database.Scalar<long>("select count(*) from change_sets where store_id = $1", shop.Shop.Store)).ShouldBe(1);
    }

    [Fact]
    public async Task Times_are_changed_before_the_start_and_the_end_also_later_and_a_schedule_is_called_off_or_ended_now()
    {
        await using var shop = await ScheduledShop.Open(database);
        var (product, other) = (await shop.Shop.Product(), await shop.Shop.Product());
        var (sale, off) = (await shop.Schedule(Sale, 1, 10, product), await shop.Schedule(Sale, 1, 10, other));
        var change = new ChangeSchedule(database.Source, shop.Clock, shop.Wake);

        (await change.Change(shop.Shop.Store, sale, shop.Times(-1, 10), RunsOfTests.Ann, default)).ShouldBeOfType<ScheduleOutcome.Wrong>().Problem.Value.ShouldBe("start");
        (await change.Change(shop.Shop.Store, sale, shop.Times(3, 2), RunsOfTests.Ann, default)).ShouldBeOfType<ScheduleOutcome.Wrong>().Problem.Value.ShouldBe("end");
        (await change.Change(shop.Shop.Store, sale, shop.Times(3, 20) with { Title = "Spring" }, RunsOfTests.Ann, default)).ShouldBeOfType<ScheduleOutcome.Scheduled>();
        (await new CancelSchedule(database.Source).Cancel(shop.Shop.Store, off, default)).ShouldBeTrue();
        await shop.Pass(1);
        (await shop.Price(product), await shop.Price(other)).ShouldBe(("10.00", "10.00"));
        await shop.Pass(2);
        ((await shop.Of(sale)).Title, await shop.Price(product)).ShouldBe(("Spring", "8.00"));
        (await new CancelSchedule(database.Source).Cancel(shop.Shop.Store, sale, default)).ShouldBeFalse("it has begun");
        (await change.Change(shop.Shop.Store, sale, shop.Times(0, 40), RunsOfTests.Ann, default)).ShouldBeOfType<ScheduleOutcome.Scheduled>();
        await shop.Pass(20);
        (await shop.Price(product)).ShouldBe("8.00", "its end was moved");

        (await new EndScheduleNow(database.Source, shop.Clock, shop.Wake).End(shop.Shop.Store, sale, default)).ShouldBeTrue();
        await shop.Look();
        (await shop.Price(product)).ShouldBe("10.00");
        (await shop.Try((await shop.Of(off)).PreviewId, 1, 2)).ShouldBeOfType<ScheduleOutcome.Scheduled>("what was called off is a preview again");
    }

    [Fact]
    public async Task Schedules_that_have_been_over_for_a_year_go_and_the_previews_of_their_edits_sooner()
    {
        await using var shop = await ScheduledShop.Open(database);
        var (old, young) = (await shop.Schedule(Sale, 1, 2, await shop.Shop.Product("A")), await shop.Schedule(Sale, 1, 9, await shop.Shop.Product("B")));
        await shop.Pass(1);
        await shop.Pass(1);
        var previews = new SweepBulkPreviews(database.Source, shop.Clock, NullLogger<SweepBulkPreviews>.Instance);
        var schedules = new SweepSchedules(database.Source, shop.Clock, NullLogger<SweepSchedules>.Instance);
        shop.Clock.Advance(TimeSpan.FromDays(91));
        await shop.Shop.Run("update bulk_previews set made_at = $2 where store_id = $1", shop.Shop.Store, shop.Clock.GetUtcNow().AddDays(-91));
        var preview = (await shop.Of(old)).PreviewId;

        await previews.Sweep(default);
        await schedules.Sweep(default);

        (await new ReadBulkPreview(database.Source).Find(shop.Shop.Store, preview, default)).ShouldBeNull();
        (await new ReadBulkPreview(database.Source).Find(shop.Shop.Store, (await shop.Of(young)).PreviewId, default)).ShouldNotBeNull("it runs");
        (await shop.Of(old)).Fields.ShouldBe(1);
        shop.Clock.Advance(TimeSpan.FromDays(280));
        await schedules.Sweep(default);
        (await shop.Read.Find(shop.Shop.Store, old, default)).ShouldBeNull();
        (await database.Scalar<long>("select count(*) from schedule_layers where schedule_id = $1", old)).ShouldBe(0);
        (await shop.Of(young)).Active.ShouldBe(1);
    }

    [Fact]
    public async Task Stock_is_not_scheduled_and_prices_of_0_want_their_number()
    {
        await using var shop = await ScheduledShop.Open(database);
        var product = await shop.Shop.Product();
        var free = await shop.Preview(new PriceAction(false, PriceMove.Set, 0), product);

        (await shop.Try(free, 1, 2)).ShouldBeOfType<ScheduleOutcome.Asks>().Zeros.ShouldBe(1);
        (await shop.Try(free, 1, 2, new() { ToWarnings = true, Zeros = 1 })).ShouldBeOfType<ScheduleOutcome.Scheduled>();
        (await shop.Try(free, 1, 2)).ShouldBeOfType<ScheduleOutcome.Refused>().Sentence.ShouldBe("This edit is scheduled already.");
    }
}
