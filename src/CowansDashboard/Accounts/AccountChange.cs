namespace CowansDashboard.Accounts;

/// <summary>What came of changing an account.</summary>
public abstract record AccountChange
{
    private AccountChange() { }

    /// <summary>The password is there only when a new one-time password was made; it is shown once and kept nowhere.</summary>
    public sealed record Done(AccountRow Account, string? OneTimePassword = null) : AccountChange;

    /// <summary>Nothing was changed. Field names what to correct.</summary>
    public sealed record Refused(string Field, string Reason) : AccountChange;
}

/// <summary>An account as the users page shows it.</summary>
public sealed record AccountRow(
    long Id,
    string Name,
    string Email,
    string Role,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastSignInAt,
    DateTimeOffset? DisabledAt,
    DateTimeOffset? OneTimeUntil,
    DateTimeOffset? WaitsUntil)
{
    public static AccountRow Of(Account account) => new(
        account.Id, account.Name, account.Email!, account.Role, account.CreatedAt, account.LastSignInAt,
        account.DisabledAt, account.OneTimeUntil, account.LockoutEnd);
}
