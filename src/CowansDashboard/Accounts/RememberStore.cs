using Npgsql;

namespace CowansDashboard.Accounts;

/// <summary>Keeps which store a person works in, for every browser of that person.</summary>
public sealed class RememberStore(NpgsqlDataSource database)
{
    public async Task Remember(long account, long store, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("update accounts set current_store_id = $2 where id = $1");
        command.Parameters.Add(new() { Value = account });
        command.Parameters.Add(new() { Value = store });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
