using Npgsql;

namespace CowansDashboard.Catalog.Sheets;

/// <summary>Finds categories of the taxonomy in the copy by their ids or by their names, as a cell shows or a person types them.</summary>
public sealed class NameCategories(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<CategoryName>> Name(IReadOnlyCollection<string> idsOrNames, CancellationToken cancel)
    {
        if (idsOrNames.Count == 0)
            return [];
        await using var command = database.CreateCommand("""
            select id, full_name from taxonomy_categories
            where id = any($1) or lower(full_name) = any($2)
            """);
        command.Parameters.Add(new() { Value = idsOrNames.ToArray() });
        command.Parameters.Add(new() { Value = idsOrNames.Select(name => name.Trim().ToLowerInvariant()).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<CategoryName>();
        while (await reader.ReadAsync(cancel))
            found.Add(new(reader.GetString(0), reader.GetString(1)));
        return found;
    }
}
