using Npgsql;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>A collection to choose.</summary>
/// <param name="ShopifyId">Shopify's id.</param>
/// <param name="Title">Its name.</param>
/// <param name="Products">How many products the copy holds in it.</param>
public sealed record CollectionChoice(long ShopifyId, string Title, long Products);

/// <summary>Finds collections of a shop by what somebody types.</summary>
public sealed class FindCollections(NpgsqlDataSource database)
{
    private const int Most = 20;

    /// <param name="storeId">The shop.</param>
    /// <param name="typed">A part of the title; empty for the largest.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<CollectionChoice>> Find(long storeId, string typed, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select c.shopify_id, c.title, coalesce(c.remote_products_count, 0)
            from collections c where c.store_id = $1 and c.deleted_at is null and c.shopify_id is not null and position(lower($2) in lower(c.title)) > 0
            order by 3 desc, c.title, c.id limit {Most}
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = typed.Trim() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<CollectionChoice>();
        while (await reader.ReadAsync(cancel))
            found.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2)));
        return found;
    }
}
