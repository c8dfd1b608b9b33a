using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CowansDashboard.Accounts;

/// <summary>
/// Changes one account under a lock on all administrators, so that two administrators who remove each other
/// at the same moment do not leave the dashboard without one. Every open session of the account ends.
/// </summary>
public sealed partial class ChangeAccount(IServiceScopeFactory scopes, AccountStamps stamps, ILogger<ChangeAccount> log)
{
    internal async Task<AccountChange> Change(long id, Func<UserManager<Account>, Account, Task<string?>> change, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<AccountsContext>();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
        await using var transaction = await database.Database.BeginTransactionAsync(cancel);
        var locked = await database.Users
            .FromSql($"select * from accounts where id = {id} or role = 'admin' order by id for update")
            .ToListAsync(cancel);
        if (locked.Find(account => account.Id == id) is not { } account)
            return new AccountChange.Refused("id", "This account is not there any more.");

        var password = await change(users, account);
        if (!locked.Exists(IsWorkingAdministrator))
            return new AccountChange.Refused("role", $"{account.Name} is the last administrator who can sign in. Make somebody else one first.");
        var saved = await users.UpdateSecurityStampAsync(account);
        if (!saved.Succeeded)
            return new AccountChange.Refused("id", string.Join(" ", saved.Errors.Select(error => error.Description)));
        await transaction.CommitAsync(cancel);
        stamps.Forget(id);
        LogChanged(id, account.Role, account.DisabledAt is not null);
        return new AccountChange.Done(AccountRow.Of(account), password);
    }

    // One who never changed the one-time password may never come: it does not count.
    private static bool IsWorkingAdministrator(Account account) =>
        account is { Role: Roles.Admin, DisabledAt: null, OneTimeUntil: null };

    [LoggerMessage(5002, LogLevel.Information, "Account {Account} was changed: role {Role}, disabled {Disabled}")]
    private partial void LogChanged(long account, string role, bool disabled);
}

/// <summary>Gives an account another role; its open sessions end.</summary>
public sealed class ChangeRole(ChangeAccount accounts)
{
    public async Task<AccountChange> Change(long id, string role, CancellationToken cancel)
    {
        if (!Roles.All.Contains(role))
            return new AccountChange.Refused(nameof(role), $"“{role}” is no role. There are {string.Join(", ", Roles.All)}.");
        return await accounts.Change(id, (_, account) =>
        {
            account.Role = role;
            return Task.FromResult<string?>(null);
        }, cancel);
    }
}

/// <summary>Closes an account without forgetting who it was; its open sessions end.</summary>
public sealed class DisableAccount(ChangeAccount accounts, TimeProvider clock)
{
    public Task<AccountChange> Disable(long id, CancellationToken cancel) =>
        accounts.Change(id, (_, account) =>
        {
            account.DisabledAt ??= clock.GetUtcNow();
            return Task.FromResult<string?>(null);
        }, cancel);
}

/// <summary>Opens a closed account again, with the password it had.</summary>
public sealed class EnableAccount(ChangeAccount accounts)
{
    public Task<AccountChange> Enable(long id, CancellationToken cancel) =>
        accounts.Change(id, (_, account) =>
        {
            account.DisabledAt = null;
            return Task.FromResult<string?>(null);
        }, cancel);
}

/// <summary>Replaces a lost password by a one-time password and lifts a wait; open sessions end.</summary>
public sealed class ResetPassword(ChangeAccount accounts, TimeProvider clock)
{
    public Task<AccountChange> Reset(long id, CancellationToken cancel) =>
        accounts.Change(id, (users, account) =>
        {
            var password = OneTimePassword.Generate();
            account.PasswordHash = users.PasswordHasher.HashPassword(account, password);
            account.OneTimeUntil = clock.GetUtcNow() + OneTimePassword.Lifetime;
            account.LockoutEnd = null;
            account.AccessFailedCount = 0;
            return Task.FromResult<string?>(password);
        }, cancel);
}
