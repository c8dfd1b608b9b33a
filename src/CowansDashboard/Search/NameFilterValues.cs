using System.Globalization;
using Npgsql;

namespace CowansDashboard.Search;

/// <summary>Finds the names of what a filter holds by id: collections, publications, categories.</summary>
public sealed class NameFilterValues(NpgsqlDataSource database)
{
    public async Task<IReadOnlyDictionary<(FilterField Field, string Value), string>> Name(long storeId, ProductFilter filter, CancellationToken cancel)
    {
        var names = new Dictionary<(FilterField, string), string>();
        if (!filter.Fields.Any(field => field.HoldsIds || field == FilterField.Category))
            return names;
        await using var command = database.CreateCommand("""
            select 'collection', id::text, title from collections where store_id = $1 and id = any($2)
            union all select 'publication', id::text, title from publications where store_id = $1 and id = any($3)
            union all select 'own-category', id::text, name from categories where store_id = $1 and id = any($5)
            union all select 'own-category', '0', 'none' where 0 = any($5)
            union all select 'category', id, name from taxonomy_categories where id = any($4)
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = Ids(FilterField.Collection) });
        command.Parameters.Add(new() { Value = Ids(FilterField.Publication) });
        command.Parameters.Add(new() { Value = All(FilterField.Category).ToArray() });
        command.Parameters.Add(new() { Value = Ids(FilterField.OwnCategory) });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            names[(FilterField.All.Single(field => field.Name == reader.GetString(0)), reader.GetString(1))] = reader.GetString(2);
        return names;

        IEnumerable<string> All(FilterField field) => filter.Conditions.Where(condition => condition.Field == field).SelectMany(condition => condition.Values);
        long[] Ids(FilterField field) => [.. All(field).Select(id => long.Parse(id, CultureInfo.InvariantCulture))];
    }
}
