using Npgsql;

namespace CowansDashboard.Catalog;

public sealed record CategoryName(string Id, string FullName);

/// <summary>Finds categories of Shopify's taxonomy in the copy whose full name holds every typed word.</summary>
public sealed class FindCategories(NpgsqlDataSource database)
{
    private const int Most = 20;

    public async Task<IReadOnlyList<CategoryName>> Find(string typed, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select id, full_name from taxonomy_categories
            where not is_archived and full_name ilike all ($1)
            order by level, full_name limit $2
            """);
        command.Parameters.Add(new() { Value = TypedWords.Patterns(typed) });
        command.Parameters.Add(new() { Value = Most });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<CategoryName>();
        while (await reader.ReadAsync(cancel))
            found.Add(new(reader.GetString(0), reader.GetString(1)));
        return found;
    }
}
