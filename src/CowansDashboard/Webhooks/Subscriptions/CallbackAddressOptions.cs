using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CowansDashboard.Webhooks.Subscriptions;

/// <summary>Where Shopify reaches this dashboard; the section "Webhooks" of the settings.</summary>
public sealed class CallbackAddressOptions : IValidatableObject
{
    public const string Section = "Webhooks";

    /// <summary>The dashboard's public address, such as https://dashboard.example.com. Not set: the one entered in Settings; without either, no webhooks are registered.</summary>
    public string? Address { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrWhiteSpace(Address) && CallbackAddress.Read(Address) is (null, var wrong))
            yield return new($"Webhooks__Address {wrong}", [nameof(Address)]);
    }
}

[OptionsValidator]
internal sealed partial class ValidateCallbackAddressOptions : IValidateOptions<CallbackAddressOptions>;
