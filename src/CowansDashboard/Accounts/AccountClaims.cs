using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace CowansDashboard.Accounts;

/// <summary>Puts the role, the name and a one-time password's mark into the cookie or token.</summary>
public sealed class AccountClaims(UserManager<Account> users, IOptions<IdentityOptions> options) : UserClaimsPrincipalFactory<Account>(users, options)
{
    public const string OneTime = "one_time_password";
    public const string DisplayName = "display_name";

    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(Account user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        identity.AddClaim(new(identity.RoleClaimType, user.Role));
        identity.AddClaim(new(DisplayName, user.Name));
        if (user.OneTimeUntil is not null)
            identity.AddClaim(new(OneTime, "yes"));
        return identity;
    }
}

public static class AccountPrincipal
{
    extension(ClaimsPrincipal principal)
    {
        /// <summary>The id of the signed-in account, or null for a stranger.</summary>
        public long? AccountId =>
            long.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), CultureInfo.InvariantCulture, out var id) ? id : null;

        public string? SecurityStamp => principal.FindFirstValue(new ClaimsIdentityOptions().SecurityStampClaimType);

        public bool HasOneTimePassword => principal.HasClaim(claim => claim.Type == AccountClaims.OneTime);
    }
}
