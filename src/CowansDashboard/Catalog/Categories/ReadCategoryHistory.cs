using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>What somebody did with a category.</summary>
public sealed record CategoryAct(long ChangeSetId, string Title, string ByName, DateTimeOffset At);

/// <summary>Reads what was done with a category lately, the last first.</summary>
public sealed class ReadCategoryHistory(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<CategoryAct>> Read(long storeId, long categoryId, int most, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select s.id, s.title, s.made_by_name, s.made_at from change_sets s
            where s.store_id = $1 and s.id in (select change_set_id from changes where entity = 'category' and entity_id = $2) order by s.id desc limit $3
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = categoryId });
        command.Parameters.Add(new() { Value = (long)most });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var acts = new List<CategoryAct>();
        while (await reader.ReadAsync(cancel))
            acts.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3)));
        return acts;
    }
}
