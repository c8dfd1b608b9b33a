using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Catalog;

/// <summary>A product that is removed here: how, by whom and why, and how far that is.</summary>
public sealed record RemovedProduct(long ProductId, Removal How, long ChangeSetId, string By, DateTimeOffset At, string? Reason)
{
    /// <summary>Since when Shopify has it archived; null while that waits for a push.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>When Shopify deletes it.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Shopify is deleting it; it cannot be restored any more.</summary>
    public bool IsGoing { get; init; }

    /// <summary>Why Shopify did not delete it although its time is over.</summary>
    public string? Problem { get; init; }

    /// <summary>The conflict that waits for a person because it was edited in Shopify meanwhile.</summary>
    public long? ConflictId { get; init; }
}

/// <summary>Reads what is removed here.</summary>
public sealed class ReadRemovals(NpgsqlDataSource database)
{
    /// <summary>Those of the products that are removed, by their ids.</summary>
    public async Task<IReadOnlyDictionary<long, RemovedProduct>> Of(long storeId, IReadOnlyCollection<long> products, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select r.product_id, p.removal, r.change_set_id, s.made_by_name, s.made_at, s.reason, r.confirmed_at, r.ends_at, r.purge_sent_at is not null, r.problem,
                (select c.id from conflicts c where c.entity = 'product' and c.entity_id = r.product_id and c.field = 'removal' and c.closed_at is null)
            from removals r join products p on p.id = r.product_id and p.removal is not null join change_sets s on s.id = r.change_set_id
            where r.store_id = $1 and r.product_id = any($2) and r.closed_at is null
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = products.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var removed = new Dictionary<long, RemovedProduct>();
        while (await reader.ReadAsync(cancel))
            removed[reader.GetInt64(0)] = new RemovedProduct(reader.GetInt64(0), Removal.Parse(reader.GetString(1)) ?? Removal.KeptInShopify, reader.GetInt64(2), reader.GetString(3),
                reader.GetFieldValue<DateTimeOffset>(4), reader.Text(5))
            {
                ConfirmedAt = reader.Maybe<DateTimeOffset>(6),
                EndsAt = reader.Maybe<DateTimeOffset>(7),
                IsGoing = reader.GetBoolean(8),
                Problem = reader.Text(9),
                ConflictId = reader.Maybe<long>(10),
            };
        return removed;
    }

    /// <summary>How many products of the store are removed and still in Shopify.</summary>
    public async Task<long> Count(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select count(*) from products where store_id = $1 and removal is not null and deleted_at is null");
        command.Parameters.Add(new() { Value = storeId });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
