using CowansDashboard.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace CowansDashboard.Web.Accounts;

/// <summary>Gives the browser its cookie, and takes it back.</summary>
public sealed class SignIn(IUserClaimsPrincipalFactory<Account> claims, UserManager<Account> users, KnownBrowser browsers, TimeProvider clock)
{
    public async Task In(HttpContext context, Account account, bool remember)
    {
        browsers.Remember(context, account.Id);
        await context.SignInAsync(IdentityConstants.ApplicationScheme, await claims.CreateAsync(account), new()
        {
            IsPersistent = remember,
            IssuedUtc = clock.GetUtcNow(),
            ExpiresUtc = clock.GetUtcNow() + (remember ? Sessions.Remembered : Sessions.Unremembered),
        });
    }

    /// <summary>A new cookie after the password changed, so that this browser stays signed in while the others do not.</summary>
    public async Task Again(HttpContext context, long account)
    {
        var before = await context.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        if (await users.FindByIdAsync(account.ToString(System.Globalization.CultureInfo.InvariantCulture)) is { } present)
            await In(context, present, before.Properties?.IsPersistent == true);
    }

    public static Task Out(HttpContext context) => context.SignOutAsync(IdentityConstants.ApplicationScheme);
}
