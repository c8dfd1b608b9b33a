using Npgsql;

namespace CowansDashboard.Accounts;

/// <summary>Ends every session and token of an account, on every node within ten seconds.</summary>
public sealed class EndSessions(NpgsqlDataSource database, AccountStamps stamps)
{
    public async Task End(long account, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("update accounts set security_stamp = $2 where id = $1");
        command.Parameters.Add(new() { Value = account });
        command.Parameters.Add(new() { Value = Guid.NewGuid().ToString("N") });
        await command.ExecuteNonQueryAsync(cancel);
        stamps.Forget(account);
    }
}
