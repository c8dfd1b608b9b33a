using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Catalog.Categories;

/// <summary>What an import of Shopify's taxonomy did; with errors it did nothing.</summary>
public sealed record TaxonomyImported(int Added, int Changed, int Same, IReadOnlyList<string> Errors);

/// <summary>
/// Takes in Shopify's file of categories line by line. The same file again changes nothing; a file with a wrong line is not
/// taken in at all, and the lines are named. Categories that it does not mention stay.
/// </summary>
public sealed class ImportTaxonomy(NpgsqlDataSource database)
{
    private const int MostErrors = 50;
    private const int LongestLine = 20_000;
    private const int MostLines = 200_000;

    public async Task<TaxonomyImported> Import(Stream file, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await Execute(connection, "create temporary table taxonomy_lines (line integer, id text, name text, full_name text, level integer, parent_id text) on commit drop", cancel);
        var errors = await Copy(connection, file, cancel);
        if (errors.Count == 0)
            errors = await Unfit(connection, cancel);
        if (errors.Count > 0)
            return new TaxonomyImported(0, 0, 0, errors);

        // In the order in which pulls write them, so that nobody locks the other out.
        await using var write = new NpgsqlCommand("""
            with file as (
                select l.id, l.name, l.full_name, l.level, l.parent_id,
                    not exists (select from taxonomy_lines c where c.parent_id = l.id) and not exists (select from taxonomy_categories c where c.parent_id = l.id) as is_leaf
                from taxonomy_lines l),
            written as (
                insert into taxonomy_categories as t (id, name, full_name, level, parent_id, is_leaf, is_archived)
                select id, name, full_name, level, parent_id, is_leaf, false from file order by id collate "C"
                on conflict (id) do update set name = excluded.name, full_name = excluded.full_name, level = excluded.level, parent_id = excluded.parent_id,
                    is_leaf = excluded.is_leaf, is_archived = false, updated_at = now()
                where (t.name, t.full_name, t.level, t.parent_id, t.is_leaf, t.is_archived) is distinct from
                    (excluded.name, excluded.full_name, excluded.level, excluded.parent_id, excluded.is_leaf, false)
                returning (xmax = 0) as added)
            select count(*) filter (where added)::int, count(*) filter (where not added)::int, (select count(*)::int from file) - count(*)::int from written
            """, connection) { CommandTimeout = 0 };
        TaxonomyImported imported;
        await using (var reader = await write.ExecuteReaderAsync(cancel))
        {
            await reader.ReadAsync(cancel);
            imported = new TaxonomyImported(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2), []);
        }
        await transaction.CommitAsync(cancel);
        return imported;
    }

    private static async Task<List<string>> Copy(NpgsqlConnection connection, Stream file, CancellationToken cancel)
    {
        var errors = new List<string>();
        var (number, categories) = (0, 0);
        using var lines = new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: false), true, 65_536, leaveOpen: true);
        await using var copy = await connection.BeginBinaryImportAsync("copy taxonomy_lines (line, id, name, full_name, level, parent_id) from stdin (format binary)", cancel);
        while (errors.Count < MostErrors && await lines.ReadLineAsync(cancel) is { } line)
        {
            if (++number > MostLines)
            {
                errors.Add($"The file has more than {MostLines} lines.");
                break;
            }
            switch (line.Length > LongestLine ? new TaxonomyLine.Wrong("The line is too long.") : TaxonomyLine.Read(line))
            {
                case TaxonomyLine.Wrong wrong:
                    errors.Add($"Line {number}: {wrong.Sentence}");
                    break;
                case TaxonomyLine.Category category:
                    categories++;
                    await copy.StartRowAsync(cancel);
                    await copy.WriteAsync(number, NpgsqlDbType.Integer, cancel);
                    await copy.WriteAsync(category.Id, NpgsqlDbType.Text, cancel);
                    await copy.WriteAsync(category.Name, NpgsqlDbType.Text, cancel);
                    await copy.WriteAsync(category.FullName, NpgsqlDbType.Text, cancel);
                    await copy.WriteAsync(category.Level, NpgsqlDbType.Integer, cancel);
                    if (category.ParentId is { } parent)
                        await copy.WriteAsync(parent, NpgsqlDbType.Text, cancel);
                    else
                        await copy.WriteNullAsync(cancel);
                    break;
            }
        }
        await copy.CompleteAsync(cancel);
        if (errors.Count == 0 && categories == 0)
            errors.Add("The file holds no category.");
        return errors;
    }

    /// <summary>Ids that come twice, and those whose category above is neither in the file nor in the copy.</summary>
    private static async Task<List<string>> Unfit(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select line, id, kind from (
                select line, id, 'twice' as kind from (select line, id, row_number() over (partition by id order by line) as nth from taxonomy_lines) d where nth > 1
                union all
                select l.line, l.id, 'orphan' from taxonomy_lines l
                where l.parent_id is not null and not exists (select from taxonomy_lines p where p.id = l.parent_id) and not exists (select from taxonomy_categories p where p.id = l.parent_id)) wrong
            order by line limit $1
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = (long)MostErrors });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var errors = new List<string>();
        while (await reader.ReadAsync(cancel))
            errors.Add(reader.GetString(2) == "twice" ? $"Line {reader.GetInt32(0)}: {reader.GetString(1)} stands in the file twice." : $"Line {reader.GetInt32(0)}: the category above {reader.GetString(1)} is missing.");
        return errors;
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
