using Npgsql;

namespace CowansDashboard.Search.Views;

/// <summary>Lists a person's views of a store and those that others share, in their order.</summary>
public sealed class ListViews(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<SavedView>> List(long storeId, long ownerId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select id, name, filter, sort, columns, shared, owner_id = $2 from saved_views
            where store_id = $1 and (owner_id = $2 or shared)
            order by position, id
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = ownerId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var views = new List<SavedView>();
        while (await reader.ReadAsync(cancel))
        {
            // A condition that this version no longer knows is left out; the view stays.
            var filter = FilterText.Read(reader.GetString(2)).Filter;
            views.Add(new(
                reader.GetInt64(0), reader.GetString(1), filter, ProductSort.For(ProductSort.Read(reader.GetString(3)), filter),
                reader.GetFieldValue<string[]>(4), reader.GetBoolean(5), reader.GetBoolean(6)));
        }
        return views;
    }
}
