using System.ComponentModel.DataAnnotations;
using CowansDashboard.Shopify;
using Microsoft.Extensions.Options;

namespace CowansDashboard.Stores;

/// <summary>The shop that whoever runs the server connects. Its store is made, or brought up to date, at every start.</summary>
public sealed class ShopifyOptions : IValidatableObject
{
    public const string Section = "Shopify";

    /// <summary>The shop, such as my-shop.myshopify.com. Not set: shops are connected in the browser.</summary>
    public string? Shop { get; set; }

    /// <summary>Admin API access token of an existing custom app (shpat_…). Either this, or client id and secret.</summary>
    public string? AccessToken { get; set; }

    /// <summary>Client id of a Dev Dashboard app; tokens are fetched and renewed with it.</summary>
    public string? ClientId { get; set; }

    /// <summary>Client secret that belongs to the id.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>Admin API version; 2026-10 when not set.</summary>
    public string ApiVersion { get; set; } = ShopifyConnection.DefaultApiVersion;

    /// <summary>Another host for the Admin API, such as a local one. Not set: the shop's own.</summary>
    public string? BaseUrl { get; set; }

    public bool NamesAShop => !string.IsNullOrWhiteSpace(Shop);

    public Uri? Host => string.IsNullOrWhiteSpace(BaseUrl) ? null : new Uri(BaseUrl);

    /// <summary>The shop's permanent domain; empty when no shop is set.</summary>
    public string Domain => NamesAShop && ShopDomain.TryParse(Shop, out var domain) ? domain : "";

    public ShopifyCredentials Credentials => string.IsNullOrEmpty(AccessToken)
        ? new ShopifyCredentials.Client(ClientId!, ClientSecret!)
        : new ShopifyCredentials.AccessToken(AccessToken);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var (token, id, secret) = (!string.IsNullOrWhiteSpace(AccessToken), !string.IsNullOrWhiteSpace(ClientId), !string.IsNullOrWhiteSpace(ClientSecret));
        if (!NamesAShop && (token || id || secret))
            yield return Wrong(nameof(Shop), "is not set, but credentials are. Set it to the shop they belong to, such as my-shop.myshopify.com.");
        if (NamesAShop && !ShopDomain.TryParse(Shop, out _))
            yield return Wrong(nameof(Shop), $"is “{Shop}”, which is no shop. {ShopDomain.Right}");
        if (NamesAShop && !token && !id && !secret)
            yield return Wrong(nameof(AccessToken), "is not set, and neither are Shopify__ClientId and Shopify__ClientSecret. Set the token, or the other two.");
        if (token && (id || secret))
            yield return Wrong(nameof(AccessToken), "is set together with Shopify__ClientId or Shopify__ClientSecret. Set the token, or the other two, not both.");
        if (!token && id && !secret)
            yield return Wrong(nameof(ClientSecret), "is not set, but Shopify__ClientId is. Set both.");
        if (!token && secret && !id)
            yield return Wrong(nameof(ClientId), "is not set, but Shopify__ClientSecret is. Set both.");
        if (token && AccessToken!.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || letter > 126))
            yield return Wrong(nameof(AccessToken), "holds a space or a line break. Copy it again: it is one word, such as shpat_ and 32 letters and digits.");
        if (!Stores.ApiVersion.IsWellFormed(ApiVersion))
            yield return Wrong(nameof(ApiVersion), $"is “{ApiVersion}”. {Stores.ApiVersion.Right}");
        if (!string.IsNullOrWhiteSpace(BaseUrl) && !IsHost(BaseUrl))
            yield return Wrong(nameof(BaseUrl), $"is “{BaseUrl}”. Give scheme, host and port only, such as http://127.0.0.1:5081, or leave it out.");
    }

    private static bool IsHost(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https")
        && url.PathAndQuery == "/" && url.UserInfo.Length == 0 && url.Fragment.Length == 0;

    private static ValidationResult Wrong(string name, string what) => new($"Shopify__{name} {what}", [name]);
}

[OptionsValidator]
internal sealed partial class ValidateShopifyOptions : IValidateOptions<ShopifyOptions>;
