using Npgsql;

namespace CowansDashboard.Collections.Automatic;

/// <summary>Notes what became of a kept rule, for its page.</summary>
public sealed class NoteAutomaticRun(NpgsqlDataSource database)
{
    public async Task Note(long storeId, GroupedBy by, string said, bool isHindered, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("update automatic_collection_rules set last_at = now(), last_said = $3, last_hindered = $4 where store_id = $1 and grouped_by = $2");
        foreach (var value in new object[] { storeId, AutomaticRule.Word(by), said, isHindered })
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
