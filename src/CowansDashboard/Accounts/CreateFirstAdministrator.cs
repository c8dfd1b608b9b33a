using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Accounts;

/// <summary>
/// Makes the first administrator while there is none who ever chose a password. Returns the one-time password
/// to print, or null when nothing is to be printed. Nodes that start together make one administrator between them.
/// </summary>
public sealed class CreateFirstAdministrator(IServiceScopeFactory scopes, FirstAdministratorOptions options, TimeProvider clock)
{
    private const long LockKey = 0x61646d696e;

    // A second node, or a start right after the first, must not void the password that was printed just now.
    private static readonly TimeSpan JustPrinted = TimeSpan.FromSeconds(30);

    public async Task<FirstAdministrator?> Create(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<AccountsContext>();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
        await using var transaction = await database.Database.BeginTransactionAsync(cancel);
        await database.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({LockKey})", cancel);

        var now = clock.GetUtcNow();
        var first = await database.Users.OrderBy(account => account.Id).FirstOrDefaultAsync(cancel);
        if (first is not null && (first.OneTimeUntil is null || await database.Users.AnyAsync(account => account.OneTimeUntil == null, cancel)))
            return null;
        if (first?.OneTimeUntil - OneTimePassword.Lifetime > now - JustPrinted)
            return null;

        var unattended = !string.IsNullOrEmpty(options.AdminPassword);
        var password = unattended ? options.AdminPassword! : OneTimePassword.Generate();
        var account = first ?? new Account { Name = "Administrator", CreatedAt = now };
        account.Email = account.UserName = string.IsNullOrEmpty(options.AdminEmail) ? account.Email ?? FirstAdministratorOptions.DefaultEmail : options.AdminEmail;
        account.Role = Roles.Admin;
        account.OneTimeUntil = unattended ? null : now + OneTimePassword.Lifetime;
        account.PasswordSetAt = unattended ? now : null;
        account.LockoutEnd = null;
        account.AccessFailedCount = 0;
        account.PasswordHash = users.PasswordHasher.HashPassword(account, password);
        account.SecurityStamp = Guid.NewGuid().ToString("N");
        var saved = first is null ? await users.CreateAsync(account) : await users.UpdateAsync(account);
        if (!saved.Succeeded)
            throw new InvalidOperationException("The first administrator could not be made: " + string.Join(" ", saved.Errors.Select(error => error.Description)));
        await transaction.CommitAsync(cancel);
        return unattended ? null : new FirstAdministrator(account.Email!, password);
    }
}

/// <summary>Whom to tell at the first start, and the password that opens only the page where it is changed.</summary>
public sealed record FirstAdministrator(string Email, string OneTimePassword)
{
    public string Announcement => $"First administrator: {Email}  one-time password: {OneTimePassword}";
}
