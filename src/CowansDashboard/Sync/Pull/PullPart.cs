using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>What one pass over a result file brings into the copy. A file with parents and children is passed over twice.</summary>
public sealed class PullPart
{
    private readonly Func<PullMaps, long, CancellationToken, Task<RowReading>> _reading;
    private readonly Func<NpgsqlConnection, long, CancellationToken, Task<KnownRows>> _known;

    private PullPart(
        string name,
        CatalogueTable table,
        Func<PullMaps, long, CancellationToken, Task<RowReading>> reading,
        Func<NpgsqlConnection, long, CancellationToken, Task<KnownRows>>? known = null)
    {
        (Name, Table, _reading) = (name, table, reading);
        _known = known ?? ((connection, store, cancel) => LoadKnown.Rows(connection, table, store, cancel));
    }

    public string Name { get; }

    public CatalogueTable Table { get; }

    public Task<RowReading> Reading(PullMaps maps, long storeId, CancellationToken cancel) => _reading(maps, storeId, cancel);

    public Task<KnownRows> Known(NpgsqlConnection connection, long storeId, CancellationToken cancel) => _known(connection, storeId, cancel);

    public static readonly PullPart Products = new("products", CatalogueTable.Products,
        (_, store, _) => Task.FromResult<RowReading>(new ProductReading(store, new ReservedIds(CatalogueTable.Products))));

    public static readonly PullPart Variants = new("variants", CatalogueTable.Variants,
        async (maps, store, cancel) => new VariantReading(store, await maps.Products(cancel), new StrayMedia()));

    public static readonly PullPart VariantMetafields = new("variant metafields", CatalogueTable.Metafields,
        async (maps, store, cancel) => new MetafieldReading(store, MetafieldOwners.Variants(await maps.Variants(cancel), await maps.ProductOfVariant(cancel))),
        (connection, store, cancel) => LoadKnown.Metafields(connection, "variant", store, cancel));

    public static readonly PullPart Media = new("media", CatalogueTable.Media,
        async (maps, store, cancel) => new MediaReading(store, await maps.Products(cancel)));

    public static readonly PullPart ProductMetafields = new("product metafields", CatalogueTable.Metafields,
        async (maps, store, cancel) => new MetafieldReading(store, MetafieldOwners.Products(await maps.Products(cancel))),
        (connection, store, cancel) => LoadKnown.Metafields(connection, "product", store, cancel));

    public static readonly PullPart Collections = new("collections", CatalogueTable.Collections,
        (_, store, _) => Task.FromResult<RowReading>(new CollectionReading(store)));

    public static readonly PullPart Members = new("collection members", CatalogueTable.Members,
        async (maps, store, cancel) => new MemberReading(store, await maps.Collections(cancel), await maps.Products(cancel)));

    public static readonly PullPart CollectionMetafields = new("collection metafields", CatalogueTable.Metafields,
        async (maps, store, cancel) => new MetafieldReading(store, MetafieldOwners.Collections(await maps.Collections(cancel))),
        (connection, store, cancel) => LoadKnown.Metafields(connection, "collection", store, cancel));

    public static readonly PullPart Levels = new("inventory levels", CatalogueTable.Levels,
        async (maps, store, cancel) => new LevelReading(store, await maps.VariantsByItem(cancel), await maps.ProductOfVariant(cancel), await maps.Locations(cancel)));

    /// <summary>Read by page, before the levels.</summary>
    public static readonly PullPart Locations = new("locations", CatalogueTable.Locations,
        (_, store, _) => Task.FromResult<RowReading>(new LocationReading(store)));

    public static readonly PullPart Publications = new("publications", CatalogueTable.Publications,
        (_, store, _) => Task.FromResult<RowReading>(new PublicationReading(store)));

    public static readonly PullPart ProductPublications = new("published products", CatalogueTable.ProductPublications,
        async (maps, store, cancel) => new ProductPublicationReading(store, await maps.Publications(cancel), await maps.Products(cancel)));
}
