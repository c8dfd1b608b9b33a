using CowansDashboard.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace CowansDashboard.Accounts;

/// <summary>ASP.NET Core Identity's tables. The role is a column of the account, so that it changes in one row with the stamp.</summary>
public sealed class AccountsContext(DbContextOptions<AccountsContext> options) : IdentityUserContext<Account, long>(options)
{
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<Account>(account =>
        {
            account.ToTable("accounts");
            account.Ignore(a => a.EmailConfirmed);
            account.Ignore(a => a.PhoneNumber);
            account.Ignore(a => a.PhoneNumberConfirmed);
            account.Ignore(a => a.TwoFactorEnabled);
        });
        builder.Entity<IdentityUserClaim<long>>().ToTable("account_claims");
        builder.Entity<IdentityUserLogin<long>>().ToTable("account_logins");
        builder.Entity<IdentityUserToken<long>>().ToTable("account_tokens");
        SnakeCase.Apply(builder);
    }
}
