using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Accounts;

/// <summary>Counts a wrong password: each of many that come at the same moment; the fifth in a row makes the account wait five minutes.</summary>
public sealed partial class CountWrongPassword(NpgsqlDataSource database, TimeProvider clock, ILogger<CountWrongPassword> log)
{
    /// <summary>Until when the account waits; null when it does not.</summary>
    public async Task<DateTimeOffset?> Count(long account, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var command = database.CreateCommand("""
            update accounts set
                access_failed_count = case when access_failed_count + 1 < $2 then access_failed_count + 1 else 0 end,
                lockout_end = case when access_failed_count + 1 < $2 then lockout_end else $4 end
            where id = $1
            returning case when lockout_end > $3 then lockout_end end
            """);
        command.Parameters.Add(new() { Value = account });
        command.Parameters.Add(new() { Value = CheckPassword.Tries });
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = now + CheckPassword.Wait });
        LogWrong(account);
        if (await command.ExecuteScalarAsync(cancel) is not DateTime until)
            return null;
        LogWaits(account, until);
        return until;
    }

    [LoggerMessage(5004, LogLevel.Warning, "Wrong password for account {Account}")]
    private partial void LogWrong(long account);

    [LoggerMessage(5005, LogLevel.Warning, "Account {Account} waits until {Until:u} after wrong passwords")]
    private partial void LogWaits(long account, DateTimeOffset until);
}
