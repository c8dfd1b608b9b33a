using Npgsql;

namespace CowansDashboard.Sync.Reconcile;

/// <summary>Sets whether comparisons of a shop take in at once what differs, or only note it. Comparisons under way go on as they began.</summary>
public sealed class ChooseRepair(NpgsqlDataSource database)
{
    public async Task Choose(long storeId, RepairChoice choice, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("update stores set drift_takes_in = $2 where id = $1");
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = choice is RepairChoice.AtOnce });
        await command.ExecuteNonQueryAsync(cancel);
    }
}

public enum RepairChoice
{
    AtOnce,
    ByClick,
}
