using Microsoft.AspNetCore.Identity;

namespace CowansDashboard.Accounts;

/// <summary>A person who may sign in.</summary>
public sealed class Account : IdentityUser<long>
{
    public string Name { get; set; } = "";

    public string Role { get; set; } = Roles.Viewer;

    /// <summary>Until when a password given by somebody else opens the page that changes it; null once it was changed.</summary>
    public DateTimeOffset? OneTimeUntil { get; set; }

    public DateTimeOffset? PasswordSetAt { get; set; }

    public DateTimeOffset? DisabledAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? LastSignInAt { get; set; }

    public long? CurrentStoreId { get; set; }
}
