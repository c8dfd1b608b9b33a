using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>The rows of collections that items are about, as they are now, and which of their fields are in conflict.</summary>
public sealed class CollectionRows
{
    private readonly Dictionary<long, PendingCollection> _collections;
    private readonly Dictionary<(string, long), PendingEntity> _rows;
    private readonly ILookup<(string, long), string> _conflicts;

    private CollectionRows(IReadOnlyList<PendingCollection> collections, IEnumerable<(string Entity, long Id, string Field)> conflicts)
    {
        _collections = collections.ToDictionary(collection => collection.CollectionId);
        _rows = collections.SelectMany(collection => collection.Entities).ToDictionary(row => (row.Entity, row.Id));
        _conflicts = conflicts.ToLookup(one => (one.Entity, one.Id), one => one.Field);
    }

    public static async Task<CollectionRows> Read(NpgsqlConnection connection, long[] collections, IReadOnlyCollection<PushItem> items, CancellationToken cancel) =>
        new(await ReadPendingCollections.Rows(connection, [.. items.Select(item => (item.Entity, item.EntityId)), .. collections.Select(id => (CatalogueFields.Collection, id))], cancel),
            await Conflicts(connection, collections, cancel));

    public PendingCollection? Collection(long id) => _collections.GetValueOrDefault(id);

    public PendingEntity? Row(string entity, long id) => _rows.GetValueOrDefault((entity, id));

    public IReadOnlySet<string> InConflict(string entity, long id) => _conflicts[(entity, id)].ToHashSet();

    /// <summary>Open conflicts of these collections and of their sources.</summary>
    public static async Task<List<(string Entity, long Id, string Field)>> Conflicts(NpgsqlConnection connection, long[] collections, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select entity, entity_id, field from conflicts where closed_at is null and (entity = 'collection' and entity_id = any($1)
                or entity = 'collection source' and entity_id in (select id from collection_sources where collection_id = any($1)))
            """, connection);
        command.Parameters.Add(new() { Value = collections });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var conflicts = new List<(string, long, string)>();
        while (await reader.ReadAsync(cancel))
            conflicts.Add((reader.GetString(0), reader.GetInt64(1), reader.GetString(2)));
        return conflicts;
    }
}
