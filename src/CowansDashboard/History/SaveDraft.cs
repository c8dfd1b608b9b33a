using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.History;

/// <summary>Keeps what a person is typing, so that a lost circuit, a deploy or a closed laptop loses nothing.</summary>
public sealed class SaveDraft(NpgsqlDataSource database)
{
    public async Task Save(DraftPlace place, JsonNode content, int? basedOnVersion, CancellationToken cancel)
    {
        var text = content.ToJsonString();
        if (place.Subject.Length is 0 or > DraftPlace.LongestSubject)
            throw new ArgumentException($"A draft's subject has 1 to {DraftPlace.LongestSubject} characters.", nameof(place));
        if (text.Length > DraftPlace.LargestContent)
            throw new ArgumentException($"A draft has at most {DraftPlace.LargestContent} characters.", nameof(content));
        await using var command = database.CreateCommand("""
            insert into drafts (account_id, store_id, subject, content, based_on_version) values ($1, $2, $3, $4, $5)
            on conflict (account_id, store_id, subject) do update set content = excluded.content, based_on_version = excluded.based_on_version, updated_at = now()
            """);
        command.Parameters.Add(new() { Value = place.AccountId });
        command.Parameters.Add(new() { Value = place.StoreId });
        command.Parameters.Add(new() { Value = place.Subject });
        command.Parameters.Add(new() { Value = text, NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = (object?)basedOnVersion ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
