using System.Security.Claims;
using CowansDashboard.Accounts;
using CowansDashboard.Runs;

namespace CowansDashboard.Web.Components.Sync;

/// <summary>The signed-in person as the one who asks for a run.</summary>
public static class AskedByPerson
{
    public static AskedBy AsAskedBy(this ClaimsPrincipal person) => new(
        person.FindFirstValue(ClaimTypes.NameIdentifier),
        person.FindFirstValue(AccountClaims.DisplayName) is { Length: > 0 } name ? name : person.Identity?.Name ?? "somebody");
}
