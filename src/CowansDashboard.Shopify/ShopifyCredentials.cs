namespace CowansDashboard.Shopify;

/// <summary>What proves to Shopify who is calling. Its text never shows a secret.</summary>
public abstract record ShopifyCredentials
{
    private ShopifyCredentials()
    {
    }

    /// <summary>A fixed Admin API access token (<c>shpat_…</c>).</summary>
    public sealed record AccessToken(string Token) : ShopifyCredentials
    {
        /// <inheritdoc/>
        public override string ToString() => "AccessToken";
    }

    /// <summary>A Dev Dashboard app: tokens are fetched by the client-credentials grant and renewed before their 24 hours end.</summary>
    public sealed record Client(string Id, string Secret) : ShopifyCredentials
    {
        /// <inheritdoc/>
        public override string ToString() => $"Client {Id}";
    }
}
