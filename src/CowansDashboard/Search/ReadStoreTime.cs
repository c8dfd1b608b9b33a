using CowansDashboard.Stores;
using Npgsql;

namespace CowansDashboard.Search;

/// <summary>Reads what time it is for a store, and its time zone when a filter names days.</summary>
public sealed class ReadStoreTime(NpgsqlDataSource database, TimeProvider clock)
{
    internal async ValueTask<StoreTime> Read(long storeId, ProductFilter filter, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (!filter.Fields.Contains(FilterField.Updated))
            return new(now, TimeZoneInfo.Utc);
        await using var command = database.CreateCommand("select time_zone from stores where id = $1");
        command.Parameters.Add(new() { Value = storeId });
        return new(now, StoreZone.Of(await command.ExecuteScalarAsync(cancel) as string));
    }
}
