using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Accounts;

/// <summary>Changes a person's own password, which ends the person's other sessions; a one-time password is spent with it.</summary>
public sealed class ChangePassword(IServiceScopeFactory scopes, AccountStamps stamps, CountWrongPassword wrong, TimeProvider clock)
{
    /// <param name="current">The present password; null is accepted only while it is a one-time password.</param>
    public async Task<AccountChange> Change(long id, string? current, string wanted, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
        cancel.ThrowIfCancellationRequested();
        if (await users.FindByIdAsync(id.ToString(System.Globalization.CultureInfo.InvariantCulture)) is not { DisabledAt: null } account)
            return new AccountChange.Refused(nameof(id), "This account is not there any more.");
        if (account.OneTimeUntil < clock.GetUtcNow())
            return new AccountChange.Refused(nameof(id), "This one-time password has ended. An administrator can make a new one.");
        if (await users.IsLockedOutAsync(account))
            return new AccountChange.Refused(nameof(current), $"Too many wrong passwords. Try again after {account.LockoutEnd:HH:mm} UTC.");
        if (current is null ? account.OneTimeUntil is null : !await users.CheckPasswordAsync(account, current))
        {
            await wrong.Count(id, cancel);
            return new AccountChange.Refused(nameof(current), "This is not the password you signed in with.");
        }
        if (await users.CheckPasswordAsync(account, wanted))
            return new AccountChange.Refused(nameof(wanted), "This is the password you have now. Choose another one.");
        if (PasswordRules.Refusal(account.Email, wanted) is { } refusal)
            return new AccountChange.Refused(nameof(wanted), refusal);

        account.OneTimeUntil = null;
        account.PasswordSetAt = clock.GetUtcNow();
        account.AccessFailedCount = 0;
        account.PasswordHash = users.PasswordHasher.HashPassword(account, wanted);
        var changed = await users.UpdateSecurityStampAsync(account);
        if (!changed.Succeeded)
            return new AccountChange.Refused(nameof(wanted), string.Join(" ", changed.Errors.Select(error => error.Description)));
        stamps.Forget(id);
        return new AccountChange.Done(AccountRow.Of(account));
    }
}
