namespace CowansDashboard.Shopify;

/// <summary>How to reach one shop.</summary>
/// <param name="Shop">The shop's permanent domain, such as <c>example.myshopify.com</c>.</param>
/// <param name="Credentials">The token, or the means to get one.</param>
/// <param name="ApiVersion">The Admin API version to ask for, such as <c>2026-10</c>.</param>
/// <param name="BaseUrl">Another host for the Admin API, such as a local one; null means <c>https://{Shop}</c>.</param>
public sealed record ShopifyConnection(
    string Shop,
    ShopifyCredentials Credentials,
    string ApiVersion = ShopifyConnection.DefaultApiVersion,
    Uri? BaseUrl = null)
{
    /// <summary>The version the documents of this library are written for.</summary>
    public const string DefaultApiVersion = "2026-10";

    /// <summary>The host that answers: <see cref="BaseUrl"/>, or the shop's own.</summary>
    public Uri Host => BaseUrl ?? new Uri($"https://{Shop}");

    /// <summary>Where GraphQL requests go.</summary>
    public Uri GraphQLUrl => new(Host, $"/admin/api/{ApiVersion}/graphql.json");

    /// <summary>Where access tokens are asked for.</summary>
    public Uri TokenUrl => new(Host, "/admin/oauth/access_token");
}
