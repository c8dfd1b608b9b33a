using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.History;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync.Push;

namespace CowansDashboard.Tests.Sync.AnyOrder;

/// <summary>
/// Products and variants that are made here, edited, removed, restored and deleted on either side. Each bears a mark that nobody
/// changes, so that in the end it is known which are there, how often, and whether anybody wanted that.
/// </summary>
internal sealed class MadeRows(TestDatabase database, EditedShop shop, SaveChangeSet saving, UndoChanges undoing)
{
    private readonly List<Made> _made = [];
    private readonly HashSet<string> _deletedThere = [];
    private readonly HashSet<string> _written = [];
    private int _marks;

    /// <summary>From here on it is watched: two products that both sides have are there to begin with.</summary>
    public async Task Begin()
    {
        _made.Clear();
        _deletedThere.Clear();
        _written.Clear();
        await Create(1);
        await Create(2);
        await shop.Push(await shop.Prepare());
    }

    public async Task<string> Create(int choice)
    {
        var mark = Mark();
        string[] sizes = choice % 3 == 0 ? [] : ["S", "M"];
        string[] skus = [.. (sizes.Length == 0 ? ["only"] : sizes).Select(_ => Mark())];
        var product = new NewProduct(new JsonObject { ["title"] = $"Made {mark}", ["vendor"] = mark, ["status"] = choice % 4 == 3 ? "DRAFT" : "ACTIVE", ["tags"] = new JsonArray("made") })
        {
            Options = sizes.Length == 0 ? [] : [new NewOption("Size", sizes)],
            Variants = [.. skus.Select((sku, i) => sizes.Length == 0 ? Variant(sku, choice) : Variant(sku, choice, sizes[i]))],
        };
        var saved = (await shop.Host.Get<CreateProduct>().Create(shop.Head(ChangeSetKind.Create, "Created"), product, default)).ShouldBeOfType<SaveOutcome.Saved>();
        var id = saved.Created[CreateProduct.Key];
        _made.Add(new Made("product", id, id, mark));
        foreach (var sku in skus)
            await Know(id, sku);
        return $"product {id} is “{mark}”, variants {string.Join(", ", skus)}";
    }

    public async Task<string?> AddVariant(int which, int choice)
    {
        if (Pick(await Living("p.has_only_default_variant = false"), which) is not { } product)
            return null;
        var mark = Mark();
        var outcome = await shop.Host.Get<ChangeStructure>().Change(shop.Head(), product.Id, [new StructureChange.AddVariants([Variant(mark, choice, mark)])], [], default);
        if (outcome is SaveOutcome.Saved)
            await Know(product.Id, mark);
        return $"{product}: variant “{mark}” ({Said(outcome)})";
    }

    public async Task<string?> RemoveVariant(int which)
    {
        var living = (await Living()).Select(product => product.Id).ToHashSet();
        if (Pick([.. _made.Where(one => one.Entity == "variant" && living.Contains(one.ProductId))], which) is not { } variant)
            return null;
        var outcome = await shop.Host.Get<ChangeStructure>().Change(shop.Head(), variant.ProductId, [new StructureChange.RemoveVariants([variant.Id])], [], default);
        return $"{variant} of product {variant.ProductId} ({Said(outcome)})";
    }

    public async Task<string?> Edit(int which, int choice)
    {
        var living = await Living();
        var products = living.Select(product => product.Id).ToHashSet();
        var (wanted, table, field, value) = choice % 2 == 0
            ? (Pick(living, which), "products", "title", (JsonNode)$"Named {choice % 7}")
            : (Pick([.. _made.Where(one => one.Entity == "variant" && products.Contains(one.ProductId))], which), "variants", "price", JsonValue.Create(choice % 7 + 0.5m));
        if (wanted is not { } made)
            return null;
        var seen = JsonNode.Parse(await database.Scalar<string>($"select jsonb_build_array({field})::text from {table} where id = $1", made.Id))![0]?.DeepClone();
        var outcome = await saving.Save(shop.Head(), [new FieldEdit(made.Entity, made.Id, field, seen, value)], StaleMeans.Refuse, default);
        return $"{made}: {field} {value} ({Said(outcome)})";
    }

    public async Task<string?> EditInShopify(int which, int choice)
    {
        if (Pick(await InShopify(), which) is not { } product)
            return null;
        var title = $"Theirs {choice % 5}";
        _written.Add(title);
        await shop.Demo.Edit("product", product.Id, new { title }, choice % 4 != 0);
        return $"“{product.Mark}” is called “{title}” in Shopify";
    }

    public async Task<string?> Delete(int which, int choice)
    {
        if (Pick(await Living(), which) is not { } product)
            return null;
        var how = choice % 4 == 0 ? Removal.KeptInShopify : new Removal(24);
        var outcome = await shop.Host.Get<DeleteProducts>().Delete(new DeleteRequest(shop.Store, [product.Id], how, "Deleted", "7", "Ann"), default);
        return $"{product}: {how.Text} ({Said(outcome)})";
    }

    public async Task<string?> Restore(int which)
    {
        if (Pick(await Removed(), which) is not { } product)
            return null;
        return await RollBack([product]);
    }

    public async Task<string?> DeleteInShopify(int which, int choice)
    {
        if (Pick(await InShopify(), which) is not { } product)
            return null;
        if (choice % 3 != 0)
        {
            _deletedThere.Add(product.Mark);
            await shop.Demo.Delete("product", product.Id);
            return $"“{product.Mark}” is deleted in Shopify";
        }
        var variants = (await shop.Demo.State("variants")).Where(row => row.GetProperty("productId").GetString() == product.Id).ToList();
        if (variants.Count < 2)
            return null;
        var variant = variants[choice % variants.Count];
        _deletedThere.Add(variant.GetProperty("sku").GetString()!);
        await shop.Demo.Delete("variant", variant.GetProperty("id").GetString()!);
        return $"variant “{variant.GetProperty("sku")}” of “{product.Mark}” is deleted in Shopify";
    }

    /// <summary>Products that are removed here and neither gone nor back.</summary>
    public async Task<IReadOnlyList<Made>> Removed()
    {
        var removed = await database.Scalar<long[]>("select coalesce(array_agg(product_id), '{}') from removals where store_id = $1 and closed_at is null", shop.Store);
        return [.. _made.Where(one => one.Entity == "product" && removed.Contains(one.Id))];
    }

    /// <summary>Half of them come back, and all that Shopify keeps; the others go.</summary>
    public async Task<string> SettleRemovals(int choice)
    {
        var kept = await database.Scalar<long[]>("select coalesce(array_agg(product_id), '{}') from removals where store_id = $1 and closed_at is null and kind = 'exclude'", shop.Store);
        return await RollBack([.. (await Removed()).Where(one => kept.Contains(one.Id) || (one.Id + choice) % 2 == 0)]);
    }

    /// <summary>Lets the windows of all products that were deleted here be over.</summary>
    public Task WindowsEnd() => database.Scalar<long>("""
        with moved as (
            update removals set confirmed_at = confirmed_at - interval '25 hours', ends_at = ends_at - interval '25 hours', tried_at = tried_at - interval '25 hours'
            where store_id = $1 and closed_at is null and confirmed_at is not null returning 1)
        select count(*) from moved
        """, shop.Store);

    /// <summary>What is there twice, or is there or gone although nobody wanted that; empty when all is well.</summary>
    public async Task<List<string>> Complaints()
    {
        var products = (await shop.Demo.State("products")).ToLookup(row => row.GetProperty("vendor").GetString()!);
        var variants = (await shop.Demo.State("variants")).ToLookup(row => row.GetProperty("sku").GetString() ?? "");
        var complaints = new List<string>();
        foreach (var product in _made.Where(one => one.Entity == "product"))
        {
            var lives = await database.Scalar<bool>("select deleted_at is null and removal is null from products where id = $1", product.Id);
            var history = await History(product);
            complaints.AddRange(Of(product, lives, products[product.Mark].Count(), history).Concat(Titles(product, history)).Select(complaint => Told(product, complaint, history)));
            foreach (var variant in _made.Where(one => one.Entity == "variant" && one.ProductId == product.Id))
            {
                var there = variants[variant.Mark].Count();
                var own = await History(variant);
                IEnumerable<string> found = lives
                    ? Of(variant, await database.Scalar<bool>("select deleted_at is null from variants where id = $1", variant.Id), there, own)
                    : there > 0 ? ["is in Shopify without its product"] : [];
                complaints.AddRange(found.Select(complaint => Told(variant, complaint, own)));
            }
        }
        return complaints;
    }

    private IEnumerable<string> Of(Made made, bool lives, int there, List<Change> history)
    {
        if (there > 1)
            yield return $"is in Shopify {there} times";
        if (lives != there > 0)
            yield return lives ? "is here and not in Shopify" : "is gone here and still in Shopify";
        if (history.Count == 0)
        {
            yield return "was made, and the history does not know it";
            yield break;
        }
        var wanted = false;
        foreach (var change in history)
            wanted = change.Field switch
            {
                "created" => true,
                "removed" when change.Kind == "remote" => wanted,
                "removed" => false,
                Removal.Field => change.New is null,
                "deleted" => (change.New as JsonValue)?.TryGetValue<string>(out _) != true,
                _ => wanted,
            };
        var mayBeGone = _deletedThere.Contains(made.Mark);
        if (history.Any(change => change is { Kind: "remote", Field: "removed" }) && !mayBeGone)
            yield return "is noted as gone in Shopify, where nobody deleted it";
        if (lives && !wanted)
            yield return "is here, and the last who decided removed it";
        if (!lives && wanted && !mayBeGone)
            yield return "is gone, and nobody removed it";
    }

    // Every title here came to be by a change that the history knows, and those from Shopify were written there by somebody.
    private IEnumerable<string> Titles(Made product, List<Change> history)
    {
        var now = $"Made {product.Mark}";
        foreach (var change in history.Where(change => change.Field == "title"))
        {
            if ((string?)change.Old != now)
                yield return $"was called “{now}” and then “{change.Old}” without a change in between";
            now = (string?)change.New ?? "";
            if (change.Kind == "remote" && !_written.Contains(now))
                yield return $"“{now}”, which only we have written, came back as a change in Shopify";
        }
    }

    private async Task<List<Change>> History(Made made)
    {
        await using var command = database.Source.CreateCommand("""
            select s.kind, c.field, c.old::text, c.new::text from changes c join change_sets s on s.id = c.change_set_id
            where c.entity = $1 and c.entity_id = $2 and c.field = any($3) order by c.id
            """);
        foreach (var parameter in new object[] { made.Entity, made.Id, made.Entity == "product" ? new[] { "created", "removed", Removal.Field, "deleted", "title" } : ["created", "removed"] })
            command.Parameters.Add(new() { Value = parameter });
        await using var reader = await command.ExecuteReaderAsync();
        var changes = new List<Change>();
        while (await reader.ReadAsync())
            changes.Add(new Change(reader.GetString(0), reader.GetString(1), Json(reader.IsDBNull(2) ? null : reader.GetString(2)), Json(reader.IsDBNull(3) ? null : reader.GetString(3))));
        return changes;
    }

    private async Task<IReadOnlyList<Made>> Living(string more = "true")
    {
        var living = await database.Scalar<long[]>($"select coalesce(array_agg(p.id), '{"{}"}') from products p where p.id = any($1) and p.deleted_at is null and p.removal is null and {more}",
            _made.Where(one => one.Entity == "product").Select(one => one.Id).ToArray());
        return [.. _made.Where(one => one.Entity == "product" && living.Contains(one.Id))];
    }

    private async Task<IReadOnlyList<There>> InShopify()
    {
        var marks = _made.Where(one => one.Entity == "product").Select(one => one.Mark).ToHashSet();
        return [.. (await shop.Demo.State("products")).Where(row => marks.Contains(row.GetProperty("vendor").GetString()!))
            .Select(row => new There(row.GetProperty("id").GetString()!, row.GetProperty("vendor").GetString()!))];
    }

    private async Task<string> RollBack(IReadOnlyList<Made> products)
    {
        var back = await new RollBackProducts(database.Source, undoing).RollBack(shop.Store, [.. products.Select(one => one.Id)], null, "7", "Ann", default);
        return $"{string.Join(", ", products)}: {back.Products} back {string.Join("; ", back.Left.Select(left => left.Sentence).Distinct())}";
    }

    private async Task Know(long product, string sku) =>
        _made.Add(new Made("variant", await database.Scalar<long>("select id from variants where product_id = $1 and sku = $2", product, sku), product, sku));

    private string Mark() => string.Create(CultureInfo.InvariantCulture, $"mark {++_marks}");

    private static JsonObject Variant(string sku, int choice, params string[] values)
    {
        var variant = new JsonObject { ["sku"] = sku, ["price"] = choice % 9 + 1 };
        if (values.Length > 0)
            variant["option_values"] = new JsonArray([.. values.Select(value => (JsonNode)value)]);
        return variant;
    }

    private static T? Pick<T>(IReadOnlyList<T> among, int which) where T : class => among.Count == 0 ? null : among[which % among.Count];

    private static string Said(SaveOutcome outcome) => outcome is SaveOutcome.Refused refused ? string.Join(" ", refused.Problems.Select(problem => problem.Sentence).Distinct()) : outcome.GetType().Name;

    private static string Told(Made made, string complaint, List<Change> history) => $"{made}: {complaint}\n    history: {string.Join(", ", history)}";

    private static JsonNode? Json(string? text) => text is null ? null : JsonNode.Parse(text);

    internal sealed record Made(string Entity, long Id, long ProductId, string Mark)
    {
        public override string ToString() => $"{Entity} {Id} “{Mark}”";
    }

    private sealed record There(string Id, string Mark);

    private sealed record Change(string Kind, string Field, JsonNode? Old, JsonNode? New)
    {
        public override string ToString() => $"{Kind} {Field} → {(New is JsonObject ? "row" : New?.ToJsonString() ?? "∅")}";
    }
}
