using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CowansDashboard.Accounts;

/// <summary>The first administrator of an unattended first start. Both are read only while no account exists.</summary>
public sealed class FirstAdministratorOptions : IValidatableObject
{
    public const string Section = "Dashboard";
    public const string DefaultEmail = "admin@dashboard.local";

    /// <summary>E-mail address of the first administrator; admin@dashboard.local when not set.</summary>
    public string? AdminEmail { get; set; }

    /// <summary>Password of the first administrator. Not set: a one-time password is made and printed once.</summary>
    public string? AdminPassword { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(AdminEmail) && !new EmailAddressAttribute().IsValid(AdminEmail))
            yield return new($"Dashboard__AdminEmail is “{AdminEmail}”, which is not an e-mail address. Give one like name@shop.example.", [nameof(AdminEmail)]);
        if (string.IsNullOrEmpty(AdminPassword))
            yield break;
        if (string.IsNullOrEmpty(AdminEmail))
            yield return new("Dashboard__AdminPassword is set without Dashboard__AdminEmail. Set both, or neither to be given a one-time password.", [nameof(AdminEmail)]);
        // The value stays out of the message: it is a password.
        if (PasswordRules.Refusal(AdminEmail, AdminPassword) is { } refusal)
            yield return new($"Dashboard__AdminPassword will not do. {refusal}", [nameof(AdminPassword)]);
    }
}

[OptionsValidator]
internal sealed partial class ValidateFirstAdministratorOptions : IValidateOptions<FirstAdministratorOptions>;
