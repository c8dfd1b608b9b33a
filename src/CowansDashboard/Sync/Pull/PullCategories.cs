using CowansDashboard.Runs;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Wire;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Reads the categories of Shopify's taxonomy that products use, and the ancestors of those.</summary>
public sealed class PullCategories(RunContext run, NpgsqlDataSource database, ShopifyAdmin admin)
{
    private const string Prefix = "gid://shopify/TaxonomyCategory/";
    private const int AtOnce = 250;
    private const int MostAttempts = 4;

    public async Task Pull(CancellationToken cancel)
    {
        var wanted = await Missing(run.StoreId, cancel);
        // A taxonomy is a tree: each round goes at least one level up.
        for (var round = 0; wanted.Length > 0 && round < 20; round++)
        {
            var found = new List<TaxonomyCategoryNode>();
            foreach (var chunk in wanted.Chunk(AtOnce))
            {
                await run.CheckFence(cancel);
                var answer = await admin.Send(Queries.TaxonomyCategories([.. chunk.Select(id => Prefix + id)]), Lane.Background, cancel);
                found.AddRange(answer.Data.Nodes.OfType<TaxonomyCategoryNode>());
            }
            await WriteInOrder([.. found.DistinctBy(category => category.Id).OrderBy(category => Code(category.Id), StringComparer.Ordinal)], cancel);
            var here = found.Select(category => Code(category.Id)).ToHashSet();
            wanted = await Unknown([.. found.SelectMany(category => category.AncestorIds).Select(Code).Distinct().Where(id => !here.Contains(id))], cancel);
        }
    }

    private async Task<string[]> Missing(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select coalesce(array_agg(distinct category_id), '{}') from products p
            where store_id = $1 and category_id is not null and not exists (select from taxonomy_categories c where c.id = p.category_id)
            """);
        command.Parameters.Add(new() { Value = storeId });
        return (string[])(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task<string[]> Unknown(string[] ids, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select coalesce(array_agg(i), '{}') from unnest($1::text[]) i where not exists (select from taxonomy_categories c where c.id = i)");
        command.Parameters.Add(new() { Value = ids });
        return (string[])(await command.ExecuteScalarAsync(cancel))!;
    }

    // All stores share the taxonomy: pulls of two stores write the same rows, so in one order.
    private async Task WriteInOrder(List<TaxonomyCategoryNode> categories, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await Write(categories, cancel);
                return;
            }
            catch (PostgresException clash) when (attempt < MostAttempts && clash.SqlState is PostgresErrorCodes.DeadlockDetected)
            {
                // The other one went through.
            }
        }
    }

    private async Task Write(List<TaxonomyCategoryNode> categories, CancellationToken cancel)
    {
        await using var transaction = await run.Begin(cancel);
        await using var command = new NpgsqlCommand("""
            insert into taxonomy_categories (id, name, full_name, level, parent_id, is_leaf, is_archived)
            select * from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::boolean[], $7::boolean[])
            on conflict (id) do update set name = excluded.name, full_name = excluded.full_name, level = excluded.level,
                parent_id = excluded.parent_id, is_leaf = excluded.is_leaf, is_archived = excluded.is_archived, updated_at = now()
            """, transaction.Connection);
        command.Parameters.Add(new() { Value = categories.Select(category => Code(category.Id)).ToArray() });
        command.Parameters.Add(new() { Value = categories.Select(category => category.Name).ToArray() });
        command.Parameters.Add(new() { Value = categories.Select(category => category.FullName).ToArray() });
        command.Parameters.Add(new() { Value = categories.Select(category => category.Level).ToArray() });
        command.Parameters.Add(new()
        {
            Value = categories.Select(category => category.ParentId is { } parent ? Code(parent) : null).ToArray(),
            NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text,
        });
        command.Parameters.Add(new() { Value = categories.Select(category => category.IsLeaf).ToArray() });
        command.Parameters.Add(new() { Value = categories.Select(category => category.IsArchived).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
        await transaction.Commit(cancel);
    }

    private static string Code(string gid) => gid[(gid.LastIndexOf('/') + 1)..];
}
