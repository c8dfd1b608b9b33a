using System.Net;
using System.Text.Json;
using CowansDashboard.Shopify.Errors;

namespace CowansDashboard.Shopify.Tokens;

/// <summary>
/// Hands out the access token of one shop: the fixed one, or one fetched by the client-credentials grant, kept and renewed before it ends.
/// Callers that come together share one renewal.
/// </summary>
internal sealed class AccessTokens(ShopifyConnection connection, HttpClient http, TimeSpan timeout, TimeProvider clock) : IDisposable
{
    // A token handed out now must outlive the slowest request.
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim renewing = new(1);
    private Held? held;

    /// <summary>A token that is good for a while.</summary>
    public async ValueTask<string> Get(CancellationToken cancel)
    {
        if (connection.Credentials is ShopifyCredentials.AccessToken fixedToken)
        {
            return fixedToken.Token;
        }

        return Good(held) ?? await Renew(null, cancel);
    }

    /// <summary>Shopify refused this token: gets another one. False when there is none to get.</summary>
    public async ValueTask<bool> Replace(string refused, CancellationToken cancel)
    {
        if (connection.Credentials is not ShopifyCredentials.Client)
        {
            return false;
        }

        return await Renew(refused, cancel) != refused;
    }

    public void Dispose() => renewing.Dispose();

    private async ValueTask<string> Renew(string? refused, CancellationToken cancel)
    {
        await renewing.WaitAsync(cancel);
        try
        {
            // Whoever waited here finds the token that the first one fetched.
            if (Good(held) is { } token && token != refused)
            {
                return token;
            }

            held = await Fetch((ShopifyCredentials.Client)connection.Credentials, cancel);
            return held.Token;
        }
        finally
        {
            renewing.Release();
        }
    }

    private async Task<Held> Fetch(ShopifyCredentials.Client client, CancellationToken cancel)
    {
        using var form = new FormUrlEncodedContent(
        [
            new("grant_type", "client_credentials"),
            new("client_id", client.Id),
            new("client_secret", client.Secret),
        ]);
        using var request = new HttpRequestMessage(HttpMethod.Post, connection.TokenUrl) { Content = form };
        using var response = await Transport.Send(http, request, timeout, clock, cancel);
        var status = response.Message.StatusCode;
        if (status is HttpStatusCode.TooManyRequests || (int)status >= 500)
        {
            throw new ShopifyFaultException(new ShopifyFault.Http(status, RetryAfter.Of(response.Message, clock), ""));
        }

        var grant = Read(response.Body);
        if (FaultReading.IsFailure(status) || grant?.AccessToken is not { Length: > 0 } token)
        {
            throw new ShopifyFaultException(new ShopifyFault.TokenRefused(
                grant?.Error ?? $"status {(int)status}", grant?.ErrorDescription ?? ""));
        }

        var life = TimeSpan.FromSeconds(grant.ExpiresIn ?? 86_399);
        return new Held(token, clock.GetUtcNow() + life, life);
    }

    private static TokenGrant? Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, TokenJson.Default.TokenGrant);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // A token that lives shorter than the margin is used for half its life.
    private string? Good(Held? token)
    {
        if (token is null)
        {
            return null;
        }

        var left = token.Ends - clock.GetUtcNow();
        var margin = token.Life / 2 < RenewBefore ? token.Life / 2 : RenewBefore;
        return left > margin ? token.Token : null;
    }

    private sealed record Held(string Token, DateTimeOffset Ends, TimeSpan Life);
}
