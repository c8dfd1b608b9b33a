using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Rows t that exist here only and that Shopify shows: what becomes of them, in SQL. They get Shopify's id and are new no longer, so
/// that a merge finds them instead of making them a second time. Edits made after they were sent stay and wait.
/// </summary>
internal static class AdoptedRows
{
    // What was removed here while Shopify made it is still to be removed there.
    public const string Mark = "case when t.deleted_at is null then 0 else 2 end";

    /// <summary>A row that was removed again is Shopify's only if it was sent before.</summary>
    public static string MayBe(string entity) => $"(t.deleted_at is null or {WasSent(entity)})";

    /// <summary>Of rows of the same name the one that was sent, then one that is still here.</summary>
    public static string Likeliest(string entity, string theirs = "s.id") => $"{theirs}, {WasSent(entity)} desc, t.deleted_at is null desc, t.id";

    public static string WasSent(string entity) => $"exists (select from sent_fields f where f.entity = '{entity}' and f.entity_id = t.id)";

    /// <summary>
    /// Fields that no longer hold what was sent wait, on what was sent. So do pictures of a variant: they hang on it once it is there.
    /// A metafield that was made on both sides before anything was sent waits on nothing: where the values differ a person decides.
    /// </summary>
    public static string Later(string entity)
    {
        var changed = $"""
            (select jsonb_object_agg(f.field, f.value) from sent_fields f
             where f.entity = '{entity}' and f.entity_id = t.id and coalesce(to_jsonb(t) -> f.field, 'null') is distinct from coalesce(f.value, 'null'))
            """;
        return entity switch
        {
            "variant" => $$"""nullif(coalesce({{changed}}, '{}') || case when t.media_ids = '{}' then '{}' else '{"media_ids": []}' end::jsonb, '{}')""",
            "metafield" => $$"""case when t.deleted_at is not null or {{WasSent(entity)}} then {{changed}} else '{"value": null}' end""",
            _ => changed,
        };
    }

    /// <summary>
    /// Metafields that Shopify has under a name that somebody gave one here too are not new: ours take the ids of those among the
    /// staged new rows. Answers how many; a store where nobody has made one is asked a single question.
    /// </summary>
    /// <param name="connection">Its transaction holds the products.</param>
    /// <param name="storeId">Whose.</param>
    /// <param name="stageNew">Puts the new rows beside the table, and names where.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<int> Metafields(NpgsqlConnection connection, long storeId, Func<Task<string>> stageNew, CancellationToken cancel)
    {
        if (!await AnyMetafields(connection, storeId, cancel))
            return 0;
        var stage = await stageNew();
        await using var command = new NpgsqlCommand($"""
            with here as materialized (
                select t.id, t.deleted_at, t.owner_kind, t.owner_id, t.namespace, t.key from metafields t
                where t.store_id = $1 and t.mark = 1 and t.owner_id = any(array(select distinct owner_id from {stage})))
            update metafields t set shopify_id = m.shopify_id, mark = {Mark}, pending = {Later("metafield")}, row_hash = null
            from (
                select distinct on (s.shopify_id) t.id, s.shopify_id from {stage} s
                join here t on t.owner_kind = s.owner_kind and t.owner_id = s.owner_id and t.namespace = s.namespace and t.key = s.key
                where {MayBe("metafield")}
                order by {Likeliest("metafield", "s.shopify_id")}) m
            where t.id = m.id
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = storeId });
        return await command.ExecuteNonQueryAsync(cancel);
    }

    // While a first pull fills the table PostgreSQL has no statistics of it, and would look for the one row among all.
    private static async Task<bool> AnyMetafields(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("set local enable_seqscan = off"),
                new("select exists (select from metafields where store_id = $1 and mark = 1)") { Parameters = { new() { Value = storeId } } },
                new("set local enable_seqscan to default"),
            },
        };
        return await batch.ExecuteScalarAsync(cancel) is true;
    }
}
