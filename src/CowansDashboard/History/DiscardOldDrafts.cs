using Npgsql;

namespace CowansDashboard.History;

/// <summary>Forgets what was opened long ago and never typed into: drafts of one kind without their sister of the other.</summary>
public sealed class DiscardOldDrafts(NpgsqlDataSource database)
{
    public async Task Discard(long accountId, long storeId, string prefix, string typedPrefix, TimeSpan unused, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            delete from drafts d where account_id = $1 and store_id = $2 and starts_with(subject, $3) and updated_at < now() - $5
                and not exists (select from drafts t where t.account_id = $1 and t.store_id = $2 and t.subject = $4 || substr(d.subject, length($3) + 1))
            """);
        command.Parameters.Add(new() { Value = accountId });
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = prefix });
        command.Parameters.Add(new() { Value = typedPrefix });
        command.Parameters.Add(new() { Value = unused });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
