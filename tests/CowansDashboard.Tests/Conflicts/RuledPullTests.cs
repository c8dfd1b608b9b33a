using System.Globalization;
using System.Text.Json;
using CowansDashboard.Conflicts.Rules;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync;

namespace CowansDashboard.Tests.Conflicts;

/// <summary>What a pull makes of changes on both sides where the shop's rules say who owns a field.</summary>
[Trait("Category", "Integration")]
public sealed class RuledPullTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Rules_decide_in_a_pull_what_would_have_been_conflicts()
    {
        await using var demo = await DemoStore.Start(products: 40);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await host.Pull(store);
        var ids = (await demo.State("products")).Take(4).Select(Number).ToArray();
        await Save(store, new OwnershipRule(0, RuleScope.All, "", "title", FieldOwner.Shopify), new OwnershipRule(0, RuleScope.All, "", "status", FieldOwner.Shopify),
            new OwnershipRule(0, RuleScope.All, "", "vendor", FieldOwner.Dashboard, MostPerDay: 2));
        await Edit("update products set pending = jsonb_build_object('title', title, 'handle', handle), title = 'ours', handle = 'ours' where store_id = $1 and shopify_id = $2", store, ids[0]);
        await Edit("update products set pending = jsonb_build_object('vendor', vendor), vendor = 'ours' where store_id = $1 and shopify_id = $2", store, ids[1]);
        await demo.Edit("product", $"{ids[0]}", new { title = "theirs", handle = "theirs" }, touch: false);
        await demo.Edit("product", $"{ids[1]}", new { vendor = "theirs" }, touch: false);
        var theirs = await Text("select case status when 'DRAFT' then 'UNLISTED' else 'DRAFT' end from products where store_id = $1 and shopify_id = $2", store, ids[3]);
        await Edit("""
            with going as (update products set pending = jsonb_build_object('status', 'ACTIVE'), status = 'ARCHIVED', removal = 'delete:24' where store_id = $1 and shopify_id = $2 returning id)
            insert into removals (store_id, product_id, kind, hours, change_set_id) select $1, id, 'delete', 24, 1 from going
            """, store, ids[3]);
        await demo.Edit("product", $"{ids[3]}", new { status = theirs }, touch: false);
        var before = await Text("select vendor from products where store_id = $1 and shopify_id = $2", store, ids[2]);
        await demo.Edit("product", $"{ids[2]}", new { vendor = "written by an app", tags = new[] { "app" } }, touch: false);

        var run = await host.Pull(store);

        (await Text("select concat_ws('|', title, handle, pending::text) from products where store_id = $1 and shopify_id = $2", store, ids[0])).ShouldStartWith("theirs|ours|{\"handle\"");
        (await Text("select concat_ws('|', vendor, pending::text) from products where store_id = $1 and shopify_id = $2", store, ids[1])).ShouldBe("ours|{\"vendor\": \"theirs\"}");
        (await Text("select concat_ws('|', vendor, pending::text, array_to_string(tags, ',')) from products where store_id = $1 and shopify_id = $2", store, ids[2]))
            .ShouldBe($"{before}|{{\"vendor\": \"written by an app\"}}|app");
        run.Now.Counters.Conflicts.ShouldBe(1, "only the handle asks a person");
        (await Text("select string_agg(field || ' ' || coalesce(closed_as, 'open') || ' ' || (rule_id is not null), ', ' order by field, closed_as) from conflicts where store_id = $1 and $2 > 0", store, 1))
            .ShouldBe("handle open false, status rule-shopify true, title rule-shopify true, vendor rule-dashboard true, vendor rule-reclaimed true");
        (await Text("select concat_ws('|', ours, shopifys, settled) from conflicts where store_id = $1 and field = 'title' and $2 > 0", store, 1)).ShouldBe("\"ours\"|\"theirs\"|\"theirs\"");
        (await Text("select concat_ws('|', s.kind, s.made_by_name, h.field, h.old, h.new) from change_sets s join changes h on h.change_set_id = s.id where s.store_id = $1 and s.kind = 'rule' and h.field = 'title' and $2 > 0", store, 1))
            .ShouldBe("rule|Ownership rules|title|\"ours\"|\"theirs\"", "an edit that a rule ended can be found and brought back");
        (await Text("select concat_ws('|', p.status, p.removal, p.pending::text, r.closed_as) from products p join removals r on r.product_id = p.id where p.store_id = $1 and p.shopify_id = $2", store, ids[3]))
            .ShouldBe($"{theirs}|kept", "a product that was to be deleted and is not archived any more is not hidden for ever");
        (await Text("select string_agg(h.field, ' ' order by h.id) from changes h join products p on p.id = h.entity_id and h.entity = 'product' join change_sets s on s.id = h.change_set_id where s.store_id = $1 and s.kind = 'rule' and p.shopify_id = $2", store, ids[3]))
            .ShouldBe("status removal");
    }

    [Fact]
    public async Task Ours_is_put_back_over_a_clean_field_so_often_a_day_and_then_a_person_is_asked()
    {
        await using var demo = await DemoStore.Start(products: 20);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await host.Pull(store);
        var variant = Number((await demo.State("variants"))[0]);
        await Save(store, new OwnershipRule(0, RuleScope.All, "", "price", FieldOwner.Dashboard, MostPerDay: 2));
        var ours = await Text("select price::text from variants where store_id = $1 and shopify_id = $2", store, variant);
        foreach (var price in new[] { "501.00", "502.00", "503.00" })
        {
            // As if the push between had been confirmed.
            await Edit("update variants set pending = null where store_id = $1 and shopify_id = $2", store, variant);
            await demo.Edit("variant", $"{variant}", new { price }, touch: false);
            await host.Pull(store);
        }

        (await Text("select concat_ws('|', price::text, pending::text) from variants where store_id = $1 and shopify_id = $2", store, variant)).ShouldBe($"{ours}|{{\"price\": {ours}}}");
        (await Text("select string_agg(shopifys::text || ' ' || coalesce(closed_as, 'open'), ', ' order by id) from conflicts where store_id = $1 and $2 > 0", store, 1))
            .ShouldBe("501 rule-reclaimed, 502 rule-reclaimed, 503 open");
    }

    [Fact]
    public async Task Two_people_saving_rules_at_once_do_not_overwrite_each_other()
    {
        var store = await database.Scalar<long>("insert into stores (name, shop, api_version, credential_kind, credentials) values ('R', 'rules.myshopify.com', '2026-10', 'token', 'x'::bytea) returning id");
        var (save, read) = (new SaveRules(database.Source), new ReadRules(database.Source));
        OwnershipRule[] rules = [new(0, RuleScope.Vendor, "Aran", "price", FieldOwner.Shopify, Note: "n"), new(0, RuleScope.All, "", "seo.*", FieldOwner.Dashboard)];

        (await save.Save(store, rules, 0, "1", "Ann", default)).ShouldBe(new SaveRulesOutcome.Saved(1));
        (await save.Save(store, [], 0, "2", "Bob", default)).ShouldBeOfType<SaveRulesOutcome.Stale>().By.ShouldBe("Ann");
        var saved = await read.Read(store, default);
        (await save.Save(store, [saved.Rules.All[1], saved.Rules.All[0] with { Owner = FieldOwner.Ask }], 1, "2", "Bob", default)).ShouldBe(new SaveRulesOutcome.Saved(2));
        var again = await read.Read(store, default);

        saved.Rules.All.Select(rule => rule with { Id = 0 }).ShouldBe(rules);
        again.Rules.All.ShouldBe([saved.Rules.All[1], saved.Rules.All[0] with { Owner = FieldOwner.Ask }]);
        (again.Version, again.SavedBy).ShouldBe((2, "Bob"));
        (await save.Save(store, [new(0, RuleScope.All, "", "no field", FieldOwner.Ask)], 2, null, "Bob", default)).ShouldBeOfType<SaveRulesOutcome.Refused>();
    }

    private async Task Save(long store, params OwnershipRule[] rules) =>
        (await new SaveRules(database.Source).Save(store, rules, 0, null, "Ann", default)).ShouldBeOfType<SaveRulesOutcome.Saved>();

    private Task<string> Text(string sql, long store, long id) => database.Scalar<string>(sql, store, id);

    private async Task Edit(string sql, long store, long id)
    {
        await using var command = database.Source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = store });
        command.Parameters.Add(new() { Value = id });
        (await command.ExecuteNonQueryAsync()).ShouldBe(1);
    }

    private static long Number(JsonElement row) => long.Parse(row.GetProperty("id").GetString()!, CultureInfo.InvariantCulture);
}
