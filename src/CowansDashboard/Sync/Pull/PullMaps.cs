using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>From Shopify's ids to ours, loaded from the copy when first needed and kept until the part that fills the table has run again.</summary>
public sealed class PullMaps(NpgsqlDataSource database, long storeId)
{
    private readonly Dictionary<string, Task<IdMap>> _loaded = [];

    public Task<IdMap> Products(CancellationToken cancel) => Get("products", c => LoadKnown.Ids(c, CatalogueTable.Products, storeId, cancel), cancel);

    public Task<IdMap> Variants(CancellationToken cancel) => Get("variants", c => LoadKnown.Ids(c, CatalogueTable.Variants, storeId, cancel), cancel);

    public Task<IdMap> Collections(CancellationToken cancel) => Get("collections", c => LoadKnown.Ids(c, CatalogueTable.Collections, storeId, cancel), cancel);

    public Task<IdMap> Publications(CancellationToken cancel) => Get("publications", c => LoadKnown.Ids(c, CatalogueTable.Publications, storeId, cancel), cancel);

    public Task<IdMap> Locations(CancellationToken cancel) => Get("locations", c => LoadKnown.Ids(c, CatalogueTable.Locations, storeId, cancel), cancel);

    public Task<IdMap> ProductOfVariant(CancellationToken cancel) => Get("product of variant", c => LoadKnown.ProductOfVariant(c, storeId, cancel), cancel);

    public Task<IdMap> VariantsByItem(CancellationToken cancel) => Get("variants by item", c => LoadKnown.VariantsByItem(c, storeId, cancel), cancel);

    /// <summary>Rows of this table were added: what is in memory no longer serves.</summary>
    public void Forget(CatalogueTable table)
    {
        lock (_loaded)
            foreach (var name in _loaded.Keys.Where(name => name.Contains(table.Name, StringComparison.Ordinal) || (table == CatalogueTable.Variants && name.Contains("variant", StringComparison.Ordinal))).ToArray())
                _loaded.Remove(name);
    }

    /// <summary>Somebody else wrote meanwhile: nothing in memory serves.</summary>
    public void Forget()
    {
        lock (_loaded)
            _loaded.Clear();
    }

    private async Task<IdMap> Get(string name, Func<NpgsqlConnection, Task<IdMap>> load, CancellationToken cancel)
    {
        Task<IdMap>? loading;
        lock (_loaded)
            if (!_loaded.TryGetValue(name, out loading))
                _loaded[name] = loading = Load(name, load, cancel);
        return (await loading).Fork();
    }

    private async Task<IdMap> Load(string name, Func<NpgsqlConnection, Task<IdMap>> load, CancellationToken cancel)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            return await load(connection);
        }
        catch
        {
            lock (_loaded)
                _loaded.Remove(name);
            throw;
        }
    }
}
