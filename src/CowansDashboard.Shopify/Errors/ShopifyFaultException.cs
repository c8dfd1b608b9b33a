namespace CowansDashboard.Shopify.Errors;

/// <summary>Shopify did not do what was asked; <see cref="Fault"/> says why, and whether and when to try again.</summary>
public sealed class ShopifyFaultException(ShopifyFault fault, Exception? inner = null) : Exception(fault.Message, inner)
{
    /// <summary>What went wrong.</summary>
    public ShopifyFault Fault { get; } = fault;

    /// <summary>The operation that failed, when known.</summary>
    public string? Operation { get; init; }

    /// <summary>Shopify's request id, for its support.</summary>
    public string? RequestId { get; init; }
}
