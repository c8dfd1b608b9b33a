using System.Text.Json.Nodes;
using CowansDashboard.Conflicts;
using CowansDashboard.Conflicts.Rules;
using CowansDashboard.History;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Conflicts;

[Trait("Category", "Integration")]
public sealed class ResolveConflictsTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static readonly ResolvedBy Ann = new("7", "Ann");
    private static int _stores;

    private long _store;

    private ResolveConflicts Settling => new(database.Source);

    public async Task InitializeAsync() => _store = await database.Scalar<long>(
        "insert into stores (name, shop, api_version, credential_kind, credentials, currency) values ('S', $1, '2026-10', 'token', 'x'::bytea, 'GBP') returning id", $"s{Interlocked.Increment(ref _stores)}.myshopify.com");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Keeping_ours_leaves_it_pending_on_what_Shopify_has_now()
    {
        var (product, conflict) = await Titled("agreed", "ours", "theirs");

        var outcome = await Settling.Resolve(_store, new Resolution.Ours(), [conflict], Ann, default);

        (outcome.Fields, outcome.Products, outcome.Left.Count).ShouldBe((1, 1, 0));
        (await Row(product)).ShouldBe("ours {\"title\": \"theirs\"} 1");
        (await Closed(conflict)).ShouldBe("mine \"ours\" Ann");
        (await SyncState(product)).ShouldBe((short)1, "no conflict any more, but pending");
        (await Text("select concat_ws(' ', s.kind, s.made_by_name, s.fields, h.field, h.old, h.new) from change_sets s join changes h on h.change_set_id = s.id where s.id = $1", outcome.ChangeSetId!.Value))
            .ShouldBe("conflict Ann 1 title \"ours\" \"ours\"");
    }

    [Fact]
    public async Task Taking_Shopifys_ends_our_edit_and_keeps_it_in_the_history()
    {
        var (product, conflict) = await Titled("agreed", "ours", "theirs");

        var outcome = await Settling.Resolve(_store, new Resolution.Shopifys(), [conflict], Ann, default);

        (await Row(product)).ShouldBe("theirs none 1");
        (await SyncState(product)).ShouldBe((short)0);
        (await Text("select concat_ws(' ', old, new) from changes where change_set_id = $1", outcome.ChangeSetId!.Value)).ShouldBe("\"ours\" \"theirs\"");
    }

    [Fact]
    public async Task Shopifys_taken_while_ours_is_under_way_waits_to_be_sent_over_it()
    {
        var (product, conflict) = await Titled("agreed", "ours", "theirs");
        await database.Scalar<long>("insert into sent_fields (entity, entity_id, field, store_id, product_id, value) values ('product', $1, 'title', $2, $1, '\"ours\"') returning entity_id", product, _store);

        var outcome = await Settling.Resolve(_store, new Resolution.Shopifys(), [conflict], Ann, default);

        (await Row(product)).ShouldBe("theirs {\"title\": \"theirs\"} 1");
        (await new ReopenConflicts(database.Source).Reopen(_store, outcome.ChangeSetId!.Value, Ann, default)).Fields.ShouldBe(1);
        (await Row(product)).ShouldBe("ours {\"title\": \"agreed\"} 2");
    }

    [Fact]
    public async Task What_was_edited_in_Shopify_after_the_conflict_was_shown_is_not_deleted_unseen()
    {
        var product = await database.Scalar<long>(
            "insert into products (store_id, shopify_id, title, handle, status, removal) values ($1, nextval('products_id_seq') + 1000000, 'Jumper', 'h', 'ARCHIVED', 'delete:24') returning id", _store);
        await database.Scalar<long>($"insert into removals (store_id, product_id, kind, hours, change_set_id, confirmed) select $1, p.id, 'delete', 24, 1, ({RemovalWindow.Held}) from products p where p.id = $2 returning id", _store, product);
        var conflict = await Conflict("product", product, product, Removal.Field, JsonValue.Create("archived"), JsonValue.Create("delete:24"), new JsonArray("title"));
        await database.Scalar<long>("update products set title = 'Theirs', vendor = 'Theirs too' where id = $1 returning id", product);

        var unseen = await Settling.Resolve(_store, new Resolution.Ours(), [conflict], Ann, default);
        unseen.Fields.ShouldBe(0);
        unseen.Left.ShouldHaveSingleItem().Why.ShouldContain("again since you looked");
        (await Text("select shopifys::text || revision from conflicts where id = $1", conflict.Id)).ShouldBe("[\"title\", \"vendor\"]2");

        (await Settling.Resolve(_store, new Resolution.Ours(), [conflict with { Revision = 2 }], Ann, default)).Fields.ShouldBe(1);
        (await Text($"select anyway || ' ' || (confirmed = ({RemovalWindow.Held})) from removals r join products p on p.id = r.product_id where p.id = $1", product)).ShouldBe("true true");
    }

    [Fact]
    public async Task Giving_a_product_that_was_to_be_deleted_another_status_keeps_it()
    {
        var product = await database.Scalar<long>("""
            insert into products (store_id, shopify_id, title, handle, status, removal, pending) values ($1, nextval('products_id_seq') + 1000000, 'Jumper', 'h', 'ARCHIVED', 'delete:24', '{"status": "ACTIVE"}') returning id
            """, _store);
        await database.Scalar<long>("insert into removals (store_id, product_id, kind, hours, change_set_id) values ($1, $2, 'delete', 24, 1) returning id", _store, product);
        var conflict = await Conflict("product", product, product, "status", JsonValue.Create("ACTIVE"), JsonValue.Create("ARCHIVED"), JsonValue.Create("DRAFT"));

        var outcome = await Settling.Resolve(_store, new Resolution.Shopifys(), [conflict], Ann, default);

        (await Text("select concat_ws(' ', p.status, p.removal, p.pending, r.closed_as) from products p join removals r on r.product_id = p.id where p.id = $1", product)).ShouldBe("DRAFT kept");
        (await SyncState(product)).ShouldBe((short)0, "it is among the others again");
        (await Text("select string_agg(concat_ws(' ', field, old, new), ', ' order by id) from changes where change_set_id = $1", outcome.ChangeSetId!.Value)).ShouldBe("status \"ARCHIVED\" \"DRAFT\", removal \"delete:24\"");
    }

    [Fact]
    public async Task Undoing_a_resolution_in_the_history_opens_the_conflict_again_and_what_was_changed_since_stays()
    {
        var (product, first) = await Titled("agreed", "ours", "theirs");
        var (edited, second) = await Titled("agreed", "ours", "theirs");
        var outcome = await Settling.Resolve(_store, new Resolution.Shopifys(), [first, second], Ann, default);
        await database.Scalar<long>("update products set title = 'later', pending = '{\"title\": \"theirs\"}' where id = $1 returning id", edited);

        var undone = await new UndoDecisions(database.Source, new UndoChanges(database.Source, new SaveChangeSet(database.Source)), new ReopenConflicts(database.Source))
            .Undo(new UndoScope(_store, outcome.ChangeSetId!.Value), "8", "Bob", null, default);

        undone.ShouldBeOfType<SaveOutcome.Saved>().ShouldSatisfyAllConditions(saved => saved.Fields.ShouldBe(1), saved => saved.LeftOut.ShouldHaveSingleItem().EntityId.ShouldBe(edited));
        (await Row(product)).ShouldBe("ours {\"title\": \"agreed\"} 2");
        (await database.Scalar<long>("select count(*) from conflicts where id = $1 and closed_at is null", first.Id)).ShouldBe(1);
        (await database.Scalar<string>("select title from products where id = $1", edited)).ShouldBe("later");
    }

    [Fact]
    public async Task An_edit_that_says_what_Shopify_says_settles_the_conflict_in_the_name_of_who_made_it()
    {
        var (product, conflict) = await Titled("agreed", "ours", "theirs");

        (await new SaveChangeSet(database.Source).Save(new ChangeSetHead(_store, ChangeSetKind.Edit, "Edited", null, "8", "Bob"),
            [new FieldEdit("product", product, "title", "ours", "theirs")], StaleMeans.Refuse, default)).ShouldBeOfType<SaveOutcome.Saved>();

        (await Row(product)).ShouldStartWith("theirs none");
        (await Closed(conflict)).ShouldBe("edited \"theirs\" Bob");
    }

    [Fact]
    public async Task Another_value_waits_for_the_next_push_and_is_checked_like_any_edit()
    {
        var (product, conflict) = await Titled("agreed", "ours", "theirs");

        var refused = await Settling.Resolve(_store, new Resolution.Another(""), [conflict], Ann, default);
        refused.Fields.ShouldBe(0);
        refused.Left.ShouldHaveSingleItem().Why.ShouldContain("must not be empty");
        (await Row(product)).ShouldBe("ours {\"title\": \"agreed\"} 0");

        await Settling.Resolve(_store, new Resolution.Another("both"), [conflict], Ann, default);

        (await Row(product)).ShouldBe("both {\"title\": \"theirs\"} 1");
        (await Closed(conflict)).ShouldBe("other \"both\" Ann");
    }

    [Fact]
    public async Task A_third_value_that_is_one_of_the_two_settles_as_that_one()
    {
        var (mine, first) = await Titled("agreed", "ours", "theirs");
        var (theirs, second) = await Titled("agreed", "ours", "theirs");

        await Settling.Resolve(_store, new Resolution.Another("ours"), [first], Ann, default);
        await Settling.Resolve(_store, new Resolution.Another("theirs"), [second], Ann, default);

        (await Row(mine)).ShouldBe("ours {\"title\": \"theirs\"} 1");
        (await Row(theirs)).ShouldBe("theirs none 1");
        (await Closed(second)).ShouldStartWith("shopifys");
    }

    [Fact]
    public async Task What_became_another_conflict_meanwhile_is_left_and_listed()
    {
        var (product, seen) = await Titled("agreed", "ours", "theirs");
        var (edited, second) = await Titled("agreed", "ours", "theirs");
        var (_, third) = await Titled("agreed", "ours", "theirs");
        await database.Scalar<long>("update conflicts set shopifys = '\"theirs again\"', revision = 2 where id = $1 returning id", seen.Id);
        await database.Scalar<long>("update products set title = 'ours again' where id = $1 returning id", edited);

        var outcome = await Settling.Resolve(_store, new Resolution.Shopifys(), [seen, second, third], Ann, default);

        outcome.Fields.ShouldBe(1);
        outcome.Left.Select(left => left.Why).ShouldBe(["Shopify’s value has changed again since you looked.", "Our value was edited since you looked."]);
        (await Row(product)).ShouldStartWith("ours ");
        var again = await Settling.Resolve(_store, new Resolution.Ours(), [third], new ResolvedBy("8", "Bob"), default);
        again.Left.ShouldHaveSingleItem().Why.ShouldBe("Ann settled it meanwhile.");
        (await Settling.Resolve(_store + 1000, new Resolution.Ours(), [seen with { Revision = 2 }], Ann, default)).Fields.ShouldBe(0, "another store's");
    }

    [Fact]
    public async Task All_that_match_are_settled_as_one_change_set()
    {
        var product = await Product("Many");
        for (var index = 0; index < 1_203; index++)
            await Priced(product, 10, 8, 12);
        await Titled("agreed", "ours", "theirs");
        var seen = await new PreviewResolution(database.Source).Preview(_store, new ConflictFilter { Field = "price" }, default);

        var outcome = await Settling.Resolve(_store, new Resolution.Shopifys(), [.. seen.Select(each => each.Seen)], Ann, default);

        (outcome.Fields, outcome.Products, outcome.Left.Count).ShouldBe((1_203, 1, 0));
        (await database.Scalar<long>("select count(*) from variants where product_id = $1 and price = 12 and pending is null", product)).ShouldBe(1_203);
        (await database.Scalar<int>("select fields from change_sets where id = $1", outcome.ChangeSetId!.Value)).ShouldBe(1_203);
        (await database.Scalar<long>("select count(*) from change_sets where store_id = $1", _store)).ShouldBe(1);
        (await database.Scalar<long>("select count(*) from conflicts where store_id = $1 and closed_at is null", _store)).ShouldBe(1, "the title's");
    }

    [Fact]
    public async Task Rules_settle_what_they_decide_and_leave_the_rest()
    {
        await new SaveRules(database.Source).Save(_store, [new(0, RuleScope.All, "", "title", FieldOwner.Shopify), new(0, RuleScope.All, "", "sku", FieldOwner.Ask)], 0, null, "Admin", default);
        var (product, title) = await Titled("agreed", "ours", "theirs");
        var (_, price) = await Priced(product, 10, 8, 12);

        var outcome = await Settling.Resolve(_store, new Resolution.ByRules(), [title, price], Ann, default);

        (await Row(product)).ShouldStartWith("theirs none");
        (await Closed(title)).ShouldStartWith("rule-shopify");
        outcome.Left.ShouldHaveSingleItem().Field.ShouldBe("price");
    }

    [Theory]
    [InlineData("ours")]
    [InlineData("shopifys")]
    [InlineData("another")]
    public async Task A_resolution_is_taken_back_as_if_it_had_never_been(string wish)
    {
        var (product, conflict) = await Titled("agreed", "ours", "theirs");
        var (_, price) = await Priced(product, 10, 8, 12);
        Resolution resolution = wish switch { "ours" => new Resolution.Ours(), "shopifys" => new Resolution.Shopifys(), _ => new Resolution.Another("third") };
        var settled = await Settling.Resolve(_store, resolution, wish == "another" ? [conflict] : [conflict, price], Ann, default);

        var before = await database.Scalar<int>("select version from products where id = $1", product);
        var undone = await new ReopenConflicts(database.Source).Reopen(_store, settled.ChangeSetId!.Value, Ann, default);

        undone.Fields.ShouldBe(settled.Fields);
        (await database.Scalar<int>("select version from products where id = $1", product)).ShouldBe(before + 1, "whoever saw it before is stopped");
        (await Row(product)).ShouldStartWith("ours {\"title\": \"agreed\"}");
        (await database.Scalar<long>("select count(*) from conflicts where store_id = $1 and closed_at is null", _store)).ShouldBe(2);
        (await SyncState(product)).ShouldBe((short)3);
        (await Text("select kind || ' ' || undoes from change_sets where id = $1", undone.ChangeSetId!.Value)).ShouldBe($"undo {settled.ChangeSetId}");
        (await new ReopenConflicts(database.Source).Reopen(_store, settled.ChangeSetId.Value, Ann, default)).Fields.ShouldBe(0, "it is taken back once");
        var seen = await new PreviewResolution(database.Source).Preview(_store, ConflictFilter.Everything, default);
        (await Settling.Resolve(_store, new Resolution.Ours(), [.. seen.Select(each => each.Seen)], Ann, default)).Fields.ShouldBe(2, "and can be settled anew");
    }

    [Fact]
    public async Task What_was_edited_or_sent_since_is_not_taken_back()
    {
        var (edited, first) = await Titled("agreed", "ours", "theirs");
        var (_, second) = await Titled("agreed", "ours", "theirs");
        var settled = await Settling.Resolve(_store, new Resolution.Ours(), [first, second], Ann, default);
        await database.Scalar<long>("update products set title = 'later' where id = $1 returning id", edited);

        var undone = await new ReopenConflicts(database.Source).Reopen(_store, settled.ChangeSetId!.Value, Ann, default);

        undone.Fields.ShouldBe(1);
        undone.Left.ShouldHaveSingleItem().Why.ShouldBe("It was changed or sent since.");
        (await Row(edited)).ShouldStartWith("later ");
    }

    [Fact]
    public async Task Two_people_settling_the_same_conflicts_at_once_settle_each_once()
    {
        var product = await Product("Race");
        var seen = new List<SeenConflict>();
        for (var index = 0; index < 40; index++)
            seen.Add((await Priced(product, 10, 8, 12)).Conflict);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(person =>
            Settling.Resolve(_store, person % 2 == 0 ? new Resolution.Ours() : new Resolution.Shopifys(), seen, new ResolvedBy($"{person}", $"P{person}"), default)));

        outcomes.Sum(outcome => outcome.Fields).ShouldBe(40);
        outcomes.Sum(outcome => outcome.Left.Count).ShouldBe(120);
    }

    [Fact]
    public async Task Who_wrote_our_value_is_read_with_the_conflict()
    {
        var (product, conflict) = await Titled("agreed", "ours", "theirs");
        var set = await database.Scalar<long>("insert into change_sets (store_id, kind, title, made_by_name) values ($1, 'edit', 'Edit', 'Ines') returning id", _store);
        await database.Scalar<long>("insert into changes (change_set_id, store_id, entity, entity_id, product_id, field, old, new) values ($1, $2, 'product', $3, $3, 'title', '\"agreed\"', '\"ours\"') returning id", set, _store, product);

        (await new ReadConflict(database.Source).Read(_store, conflict.Id, default))!.OursBy!.Name.ShouldBe("Ines");
    }

    private async Task<(long Product, SeenConflict Conflict)> Titled(string agreed, string ours, string shopifys)
    {
        var product = await database.Scalar<long>(
            "insert into products (store_id, shopify_id, title, handle, status, pending) values ($1, nextval('products_id_seq') + 1000000, $2, 'h', 'ACTIVE', jsonb_build_object('title', $3::text)) returning id", _store, ours, agreed);
        return (product, await Conflict("product", product, product, "title", JsonValue.Create(agreed), JsonValue.Create(ours), JsonValue.Create(shopifys)));
    }

    private Task<long> Product(string title) =>
        database.Scalar<long>("insert into products (store_id, shopify_id, title, handle, status) values ($1, nextval('products_id_seq') + 1000000, $2, 'h', 'ACTIVE') returning id", _store, title);

    private async Task<(long Variant, SeenConflict Conflict)> Priced(long product, int agreed, int ours, int shopifys)
    {
        var variant = await database.Scalar<long>(
            "insert into variants (store_id, product_id, title, position, price, pending) values ($1, $2, 'v', 1, $3, jsonb_build_object('price', $4::int)) returning id", _store, product, (decimal)ours, agreed);
        return (variant, await Conflict("variant", variant, product, "price", JsonValue.Create(agreed), JsonValue.Create(ours), JsonValue.Create(shopifys)));
    }

    private async Task<SeenConflict> Conflict(string entity, long id, long product, string field, JsonNode agreed, JsonNode ours, JsonNode shopifys) => new(await database.Scalar<long>("""
        insert into conflicts (store_id, entity, entity_id, product_id, field, base, ours, shopifys) values ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8::jsonb) returning id
        """, _store, entity, id, product, field, agreed.ToJsonString(), ours.ToJsonString(), shopifys.ToJsonString()), 1);

    private Task<string> Row(long product) => Text("select concat_ws(' ', title, coalesce(pending::text, 'none'), version) from products where id = $1", product);

    private Task<string> Closed(SeenConflict conflict) => Text("select concat_ws(' ', closed_as, settled, closed_by_name) from conflicts where id = $1", conflict.Id);

    private Task<short> SyncState(long product) => database.Scalar<short>("select sync_state from product_summaries where product_id = $1", product);

    private Task<string> Text(string sql, long id) => database.Scalar<string>(sql, id);
}
