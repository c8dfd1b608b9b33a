using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CowansDashboard.Accounts;

/// <summary>Makes an account with a one-time password, which the administrator hands over and the person changes at the first sign-in.</summary>
public sealed partial class InviteAccount(IServiceScopeFactory scopes, TimeProvider clock, ILogger<InviteAccount> log)
{
    public async Task<AccountChange> Invite(string name, string email, string role, CancellationToken cancel)
    {
        (name, email) = (name.Trim(), email.Trim());
        if (name.Length is 0 or > 100 || name.Any(char.IsControl))
            return new AccountChange.Refused(nameof(name), "Give the name by which colleagues know this person, up to 100 characters.");
        if (email.Length == 0)
            return new AccountChange.Refused(nameof(email), "Give the e-mail address with which this person signs in.");
        if (email.Length > 200 || !new EmailAddressAttribute().IsValid(email))
            return new AccountChange.Refused(nameof(email), $"“{email}” is not an e-mail address. One looks like name@shop.example.");
        if (!Roles.All.Contains(role))
            return new AccountChange.Refused(nameof(role), $"“{role}” is no role. There are {string.Join(", ", Roles.All)}.");

        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
        cancel.ThrowIfCancellationRequested();
        if (await users.FindByEmailAsync(email) is not null)
            return new AccountChange.Refused(nameof(email), $"{email} has an account already.");

        var password = OneTimePassword.Generate();
        var now = clock.GetUtcNow();
        var account = new Account
        {
            Name = name,
            Email = email,
            UserName = email,
            Role = role,
            CreatedAt = now,
            OneTimeUntil = now + OneTimePassword.Lifetime,
        };
        var created = await users.CreateAsync(account, password);
        if (!created.Succeeded)
            return new AccountChange.Refused(nameof(email), string.Join(" ", created.Errors.Select(error => error.Description)));
        LogInvited(account.Id, role);
        return new AccountChange.Done(AccountRow.Of(account), password);
    }

    [LoggerMessage(5001, LogLevel.Information, "Account {Account} was made with the role {Role}")]
    private partial void LogInvited(long account, string role);
}
