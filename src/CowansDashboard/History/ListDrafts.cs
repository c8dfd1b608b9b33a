using Npgsql;

namespace CowansDashboard.History;

/// <summary>A draft by its subject, and how many unsaved values it says that it holds.</summary>
public sealed record KeptDraft(string Subject, int Values, DateTimeOffset UpdatedAt);

/// <summary>Lists what a person has typed and left unsaved, the newest first.</summary>
public sealed class ListDrafts(NpgsqlDataSource database)
{
    private const int Most = 10;

    public async Task<IReadOnlyList<KeptDraft>> List(long accountId, long storeId, string prefix, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select subject, coalesce((content ->> 'count')::int, 0), updated_at from drafts
            where account_id = $1 and store_id = $2 and starts_with(subject, $3) order by updated_at desc limit $4
            """);
        command.Parameters.Add(new() { Value = accountId });
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = prefix });
        command.Parameters.Add(new() { Value = Most });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var drafts = new List<KeptDraft>();
        while (await reader.ReadAsync(cancel))
            drafts.Add(new KeptDraft(reader.GetString(0), reader.GetInt32(1), reader.GetFieldValue<DateTimeOffset>(2)));
        return drafts;
    }
}
