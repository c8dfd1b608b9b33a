using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Accounts;

/// <summary>Checks an e-mail address and a password and counts the wrong ones: five in a row, and the account waits five minutes.</summary>
public sealed partial class CheckPassword(
    IServiceScopeFactory scopes, NpgsqlDataSource database, CountWrongPassword wrong, TimeProvider clock, ILogger<CheckPassword> log)
{
    public const int Tries = 5;
    public static readonly TimeSpan Wait = TimeSpan.FromMinutes(5);

    // Checked for an unknown address, so that it takes as long as a known one.
    private static readonly string Nobodys = new PasswordHasher<Account>().HashPassword(new Account(), OneTimePassword.Generate());

    /// <param name="known">The account that signed in from the same browser before; null when there is none.</param>
    public async Task<PasswordCheck> Check(string email, string password, long? known, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
        cancel.ThrowIfCancellationRequested();
        if (await users.FindByEmailAsync(email.Trim()) is not { } account)
        {
            users.PasswordHasher.VerifyHashedPassword(new Account(), Nobodys, password);
            return new PasswordCheck.Wrong();
        }
        // Anybody can make an account wait by typing wrong passwords. Its own browser need not: there only the limit on the
        // speed of tries holds, so that nobody is kept out of their work from outside.
        var waits = account.Id != known;
        if (waits && await users.IsLockedOutAsync(account))
            return new PasswordCheck.Waits(account.LockoutEnd!.Value);
        if (!await users.CheckPasswordAsync(account, password))
            return await wrong.Count(account.Id, cancel) is { } until && waits ? new PasswordCheck.Waits(until) : new PasswordCheck.Wrong();
        if (account.DisabledAt is not null)
            return new PasswordCheck.Disabled();
        if (account.OneTimeUntil < clock.GetUtcNow())
            return new PasswordCheck.Expired(account.OneTimeUntil.Value);

        await using var command = database.CreateCommand("update accounts set access_failed_count = 0, last_sign_in_at = $2 where id = $1");
        command.Parameters.Add(new() { Value = account.Id });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        await command.ExecuteNonQueryAsync(cancel);
        LogSignedIn(account.Id);
        return new PasswordCheck.Right(account);
    }

    [LoggerMessage(5003, LogLevel.Information, "Account {Account} signed in")]
    private partial void LogSignedIn(long account);
}

/// <summary>What came of checking a password.</summary>
public abstract record PasswordCheck
{
    private PasswordCheck() { }

    public sealed record Right(Account Account) : PasswordCheck;

    public sealed record Wrong : PasswordCheck;

    public sealed record Waits(DateTimeOffset Until) : PasswordCheck;

    public sealed record Disabled : PasswordCheck;

    /// <summary>A one-time password that was right, but too late.</summary>
    public sealed record Expired(DateTimeOffset At) : PasswordCheck;
}
