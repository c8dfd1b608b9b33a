using Npgsql;

namespace CowansDashboard.History;

/// <summary>Forgets a draft: it was saved, or the person threw it away.</summary>
public sealed class DiscardDraft(NpgsqlDataSource database)
{
    public async Task Discard(DraftPlace place, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("delete from drafts where account_id = $1 and store_id = $2 and subject = $3");
        command.Parameters.Add(new() { Value = place.AccountId });
        command.Parameters.Add(new() { Value = place.StoreId });
        command.Parameters.Add(new() { Value = place.Subject });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
