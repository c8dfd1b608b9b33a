using Npgsql;

namespace CowansDashboard.Sync.Reconcile;

/// <summary>What a read of Shopify is for, besides bringing the copy up to date.</summary>
/// <param name="StoreId">The shop.</param>
/// <param name="RunId">The run that reads.</param>
/// <param name="Compares">What differs is noted as drift.</param>
/// <param name="TakesIn">What differs is taken into the copy; a comparison may only note it.</param>
/// <param name="CountsMissed">Webhooks are heard in this shop: what is found changed is held against them.</param>
public sealed record ReadPurpose(long StoreId, long RunId, bool Compares, bool TakesIn, bool CountsMissed)
{
    /// <summary>Nothing but bringing the copy up to date.</summary>
    public static ReadPurpose Plain { get; } = new(0, 0, Compares: false, TakesIn: true, CountsMissed: false);

    public bool IsPlain => !Compares && !CountsMissed;

    public static async Task<ReadPurpose> Of(NpgsqlConnection connection, long storeId, long? runId, CancellationToken cancel)
    {
        if (runId is not { } run)
            return Plain;
        await using var command = new NpgsqlCommand("""
            select c.takes_in,
                s.incremental_since is not null and exists (select from runs r where r.id = $2 and r.exclusive_group = 'pull')
                    and (exists (select from webhook_deliveries d where d.store_id = $1 and not d.is_test)
                        or exists (select from webhook_subscriptions w where w.store_id = $1 and w.registered_at is not null))
            from stores s left join comparisons c on c.run_id = $2 where s.id = $1
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = run });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return Plain;
        return new ReadPurpose(storeId, run, !reader.IsDBNull(0), reader.IsDBNull(0) || reader.GetBoolean(0), reader.GetBoolean(1));
    }
}
