using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Throttling;
using CowansDashboard.Shopify.Wire;

namespace CowansDashboard.Shopify;

/// <summary>What Shopify answered to one operation. Faults never come this way: they are thrown as <see cref="ShopifyFaultException"/>.</summary>
/// <typeparam name="T">The shape of <c>data</c>.</typeparam>
public sealed record ShopifyAnswer<T>
{
    /// <summary>The answer's <c>data</c>.</summary>
    public required T Data { get; init; }

    /// <summary>What the payload refused although the request was well formed; empty for queries.</summary>
    public IReadOnlyList<UserError> UserErrors { get; init; } = [];

    /// <summary>What the request cost and what is left.</summary>
    public QueryCost? Cost { get; init; }

    /// <summary>Shopify's own clock (the <c>Date</c> header), to the second; an incremental pull starts from it.</summary>
    public DateTimeOffset? ServerDate { get; init; }

    /// <summary>The API version that answered.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>How often the request was sent, including the time it succeeded.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>The data, provided that Shopify accepted all of it.</summary>
    /// <exception cref="ShopifyFaultException">There are user errors.</exception>
    public T Accepted() => UserErrors.Count == 0
        ? Data
        : throw new ShopifyFaultException(new ShopifyFault.Refused(UserErrors));
}
