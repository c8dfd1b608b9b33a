using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Loads what the copy holds: whole tables for a full pull, a few products' rows for a re-read.</summary>
public static class LoadKnown
{
    private const string Living = "(deleted_at is null)::int::bigint, id, coalesce(case when deleted_at is null or mark = 2 then row_hash end, '\\x00'::bytea)";
    private const string LivingWithoutMark = "(deleted_at is null)::int::bigint, id, coalesce(case when deleted_at is null then row_hash end, '\\x00'::bytea)";
    private const string Member = "(mark <> 1)::int::bigint, id, coalesce(row_hash, '\\x00'::bytea)";

    /// <summary>Rows of a table of one store; <paramref name="only"/> is a condition in SQL, such as <c>product_id = any('{1,2}')</c>.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="table">Of which kind.</param>
    /// <param name="storeId">Whose.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="only">Which rows.</param>
    /// <param name="anew">As if nothing were known of what they hold, so that none counts as unchanged.</param>
    public static async Task<KnownRows> Rows(NpgsqlConnection connection, CatalogueTable table, long storeId, CancellationToken cancel, string only = "true", bool anew = false)
    {
        var query = $"select {(anew ? "shopify_id, (deleted_at is null)::int::bigint, id, '\\x00'::bytea" : Key(table))} from {table.Name} where store_id = {storeId} and {HasKey(table)} and {only}";
        return await KnownRows.Load(connection, query, await Expected(connection, query, only, cancel), cancel);
    }

    /// <summary>Metafields of one kind of owner.</summary>
    public static Task<KnownRows> Metafields(NpgsqlConnection connection, string ownerKind, long storeId, CancellationToken cancel, string only = "true") =>
        Rows(connection, CatalogueTable.Metafields, storeId, cancel, $"owner_kind = '{ownerKind}' and {only}");

    /// <summary>From Shopify's id to ours. Rows that are gone are named too: a child may come back with its parent.</summary>
    public static Task<IdMap> Ids(NpgsqlConnection connection, CatalogueTable table, long storeId, CancellationToken cancel, string only = "true") =>
        Map(connection, $"select shopify_id, id from {table.Name} where store_id = {storeId} and shopify_id is not null and {only}", only, cancel);

    /// <summary>From our variant id to our product id.</summary>
    public static Task<IdMap> ProductOfVariant(NpgsqlConnection connection, long storeId, CancellationToken cancel, string only = "true") =>
        Map(connection, $"select id, product_id from variants where store_id = {storeId} and shopify_id is not null and {only}", only, cancel);

    /// <summary>From Shopify's inventory item to our variant.</summary>
    public static Task<IdMap> VariantsByItem(NpgsqlConnection connection, long storeId, CancellationToken cancel, string only = "true") =>
        Map(connection, $"""
            select inventory_item_id, id from variants
            where store_id = {storeId} and shopify_id is not null and inventory_item_id is not null and deleted_at is null and {only}
            """, only, cancel);

    private static async Task<IdMap> Map(NpgsqlConnection connection, string query, string only, CancellationToken cancel) =>
        await IdMap.Load(connection, query, await Expected(connection, query, only, cancel), cancel);

    /// <summary>How many rows a whole table will give; a few products' rows are not worth the question.</summary>
    private static async Task<long> Expected(NpgsqlConnection connection, string query, string only, CancellationToken cancel)
    {
        if (only != "true" && !only.EndsWith("and true", StringComparison.Ordinal))
            return 0;
        await using var count = new NpgsqlCommand($"select count(*) from ({query}) rows", connection) { CommandTimeout = 0 };
        return (long)(await count.ExecuteScalarAsync(cancel))!;
    }

    private static string Key(CatalogueTable table) => table.Name switch
    {
        "media" => $"product_id, shopify_id, {Living}",
        "inventory_levels" => $"inventory_item_id, location_id, {Living}",
        "collection_members" => $"collection_id, product_id, {Member}",
        "product_publications" => $"publication_id, product_id, {Member}",
        "locations" or "publications" => $"shopify_id, {LivingWithoutMark}",
        _ => $"shopify_id, {Living}",
    };

    private static string HasKey(CatalogueTable table) =>
        table.Name is "inventory_levels" or "collection_members" or "product_publications" ? "true" : "shopify_id is not null";

    /// <summary>A condition that names rows by ids.</summary>
    public static string Any(string column, IEnumerable<long> ids) => $"{column} = any('{{{string.Join(',', ids)}}}')";
}
