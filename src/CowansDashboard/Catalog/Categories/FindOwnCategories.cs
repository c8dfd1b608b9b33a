using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>A category found by its name, with the names from the top down to it.</summary>
public sealed record FoundCategory(long Id, string Name, string FullName, long? ParentId, int Version);

/// <summary>Finds categories of the team's own tree whose full name holds every typed word; those whose own name begins so come first.</summary>
public sealed class FindOwnCategories(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<FoundCategory>> Find(long storeId, string typed, int most, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            with recursive named as (
                select id, name, name as full_name, parent_id, version, 1 as level from categories where store_id = $1 and parent_id is null and deleted_at is null
                union all
                select c.id, c.name, n.full_name || ' > ' || c.name, c.parent_id, c.version, n.level + 1
                from named n join categories c on c.store_id = $1 and coalesce(c.parent_id, 0) = n.id and c.deleted_at is null)
            select id, name, full_name, parent_id, version from named where full_name ilike all ($2)
            order by (name ilike all ($2)) desc, level, full_name, id limit $3
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = TypedWords.Patterns(typed) });
        command.Parameters.Add(new() { Value = (long)most });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<FoundCategory>();
        while (await reader.ReadAsync(cancel))
            found.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetInt64(3), reader.GetInt32(4)));
        return found;
    }
}
