using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>Reads what a person had typed; null when nothing is kept.</summary>
public sealed class ReadDraft(NpgsqlDataSource database)
{
    public async Task<Draft?> Read(DraftPlace place, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select content::text, based_on_version, updated_at from drafts where account_id = $1 and store_id = $2 and subject = $3");
        command.Parameters.Add(new() { Value = place.AccountId });
        command.Parameters.Add(new() { Value = place.StoreId });
        command.Parameters.Add(new() { Value = place.Subject });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new Draft(JsonNode.Parse(reader.GetString(0))!, reader.IsDBNull(1) ? null : reader.GetInt32(1), reader.GetFieldValue<DateTimeOffset>(2))
            : null;
    }
}
