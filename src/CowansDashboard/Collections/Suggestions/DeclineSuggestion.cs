using Npgsql;

namespace CowansDashboard.Collections.Suggestions;

/// <summary>Keeps a suggestion away from a shop until somebody brings it back.</summary>
public sealed class DeclineSuggestion(NpgsqlDataSource database)
{
    public async Task Decline(long storeId, Suggestion suggestion, string by, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("insert into suggestions_declined (store_id, key, title, declined_by) values ($1, $2, $3, $4) on conflict do nothing");
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = suggestion.Key });
        command.Parameters.Add(new() { Value = suggestion.Title });
        command.Parameters.Add(new() { Value = by });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
