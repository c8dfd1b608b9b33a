using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Search;
using CowansDashboard.Tests.Support;
using Npgsql;

namespace CowansDashboard.Tests.History;

/// <summary>A store in the copy with products that Shopify knows, and people who edit them.</summary>
internal sealed class EditedShop(TestDatabase database, long store)
{
    private static long _numbers = 1_000;

    public long Store => store;

    public SaveChangeSet Saving { get; } = new(database.Source);

    public static async Task<EditedShop> Open(TestDatabase database, string currency = "EUR") => new(database, await database.Scalar<long>("""
        insert into stores (name, shop, api_version, credential_kind, credentials, currency)
        values ('Aran', 'aran-' || gen_random_uuid() || '.myshopify.com', '2026-10', 'token', '\x00', $1) returning id
        """, currency));

    /// <summary>A product as a pull leaves it, with variants at 10.00, one option and a summary.</summary>
    public async Task<long> Product(string title = "Jumper", int variants = 1, params string[] tags)
    {
        var shopify = Interlocked.Add(ref _numbers, 10_000);
        var id = await database.Scalar<long>("""
            with p as (
                insert into products (store_id, shopify_id, title, handle, vendor, tags, status, ticket)
                values ($1, $2, $3, 'p-' || $2, 'Aran Mills', $4, 'ACTIVE', 1) returning id),
            o as (
                insert into product_options (store_id, product_id, shopify_id, name, position, option_values)
                select $1, p.id, $2, 'Size', 1, (select jsonb_agg(jsonb_build_object('id', i::text, 'name', 'S' || i, 'hasVariants', true) order by i) from generate_series(1, $5) i) from p),
            v as (
                insert into variants (store_id, product_id, shopify_id, inventory_item_id, position, title, option_values, sku, price)
                select $1, p.id, $2 + i, $2 + i, i, 'S' || i, array['S' || i], 'SKU-' || $2 || '-' || i, 10.00 from p, generate_series(1, $5) i)
            select id from p
            """, store, shopify, title, tags, variants);
        await using var connection = await database.Source.OpenConnectionAsync();
        await RefreshSummaries.Refresh(connection, [id], default);
        return id;
    }

    public async Task<long[]> Variants(long product) =>
        await database.Scalar<long[]>("select coalesce(array_agg(id order by position, id), '{}') from variants where product_id = $1 and deleted_at is null", product);

    public Task<SaveOutcome> Save(params FieldEdit[] edits) => Save("Ann", StaleMeans.Refuse, edits);

    public Task<SaveOutcome> Save(string by, StaleMeans staleMeans, params FieldEdit[] edits) => Saving.Save(Head(by), edits, staleMeans, default);

    public Task<SaveOutcome> Save(WantedChanges wanted) => Saving.Save(Head("Ann"), wanted, StaleMeans.Refuse, default);

    public ChangeSetHead Head(string by = "Ann", string kind = ChangeSetKind.Edit) => new(store, kind, "Edited", null, by.ToLowerInvariant(), by);

    /// <summary>One column of a row as text; "∅" for null.</summary>
    public Task<string> Value(string table, long id, string column) => database.Scalar<string>($"select coalesce(to_jsonb(t.{column})::text, '∅') from {table} t where id = $1", id);

    public Task<string> Pending(string table, long id) => Value(table, id, "pending");

    public Task<int> SyncState(long product) => database.Scalar<int>("select sync_state::int from product_summaries where product_id = $1", product);

    public async Task Run(string sql, params object[] parameters)
    {
        await using var command = database.Source.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        await command.ExecuteNonQueryAsync();
    }

    public static FieldEdit Title(long product, string seen, string wanted) => new("product", product, "title", seen, wanted);

    public static FieldEdit Price(long variant, decimal seen, decimal wanted) => new("variant", variant, "price", seen, wanted);

    public static JsonArray Texts(params string[] texts) => [.. texts.Select(text => (JsonNode)text)];
}
