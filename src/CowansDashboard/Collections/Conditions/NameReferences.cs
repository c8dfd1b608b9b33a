using Npgsql;

namespace CowansDashboard.Collections.Conditions;

/// <summary>What conditions refer to, by name: categories by code, collections by Shopify's id. What the copy does not hold is absent.</summary>
public sealed record ReferenceNames(IReadOnlyDictionary<string, string> Categories, IReadOnlyDictionary<long, (long Id, string Title)> Collections)
{
    public static readonly ReferenceNames None = new(new Dictionary<string, string>(), new Dictionary<long, (long, string)>());
}

/// <summary>Names the categories and collections that sources refer to.</summary>
public sealed class NameReferences(NpgsqlDataSource database)
{
    public async Task<ReferenceNames> Name(long storeId, IReadOnlyCollection<CollectionSource> sources, CancellationToken cancel)
    {
        var conditions = sources.OfType<CollectionSource.ByConditions>().SelectMany(source => source.Included.Conditions.Concat(source.Excluded.Conditions)).ToArray();
        string[] categories = [.. conditions.OfType<Condition.Category>().SelectMany(one => one.Values).Select(value => value.Code).Distinct()];
        long[] collections = [.. sources.SelectMany(source => source.Collections).Distinct()];
        if (categories.Length + collections.Length == 0)
            return ReferenceNames.None;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("select id, full_name from taxonomy_categories where id = any($1)") { Parameters = { new() { Value = categories } } });
        batch.BatchCommands.Add(new("select shopify_id, id, title from collections where store_id = $1 and shopify_id = any($2) and deleted_at is null")
        {
            Parameters = { new() { Value = storeId }, new() { Value = collections } },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var (named, titled) = (new Dictionary<string, string>(), new Dictionary<long, (long, string)>());
        while (await reader.ReadAsync(cancel))
            named[reader.GetString(0)] = reader.GetString(1);
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
            titled[reader.GetInt64(0)] = (reader.GetInt64(1), reader.GetString(2));
        return new(named, titled);
    }
}
