using System.Text.Json;

namespace CowansDashboard.Shopify.Errors;

/// <summary>One entry of the top-level <c>errors</c> list.</summary>
public sealed record GraphQLError
{
    /// <summary>What Shopify says.</summary>
    public string Message { get; init => field = value ?? ""; } = "";

    /// <summary>The field it concerns.</summary>
    public IReadOnlyList<JsonElement> Path { get; init => field = value ?? []; } = [];

    /// <summary>Code and figures.</summary>
    public GraphQLErrorExtensions? Extensions { get; init; }

    /// <summary>The path as people read it.</summary>
    public string Place() => string.Join('.', Path.Select(part => part.ToString()));
}

/// <summary>The <c>extensions</c> of an error.</summary>
public sealed record GraphQLErrorExtensions
{
    /// <summary>One of <see cref="GraphQLErrorCodes"/>, or a code of validation.</summary>
    public string? Code { get; init; }

    /// <summary>Points asked for, with <see cref="GraphQLErrorCodes.MaxCostExceeded"/>.</summary>
    public double? Cost { get; init; }

    /// <summary>Points one query may ask for.</summary>
    public double? MaxCost { get; init; }

    /// <summary>The scope that is missing, with <see cref="GraphQLErrorCodes.AccessDenied"/>.</summary>
    public string? RequiredAccess { get; init; }
}

/// <summary>The codes Shopify documents for the top-level <c>errors</c> list.</summary>
public static class GraphQLErrorCodes
{
    /// <summary>The bucket holds too few points.</summary>
    public const string Throttled = "THROTTLED";

    /// <summary>The query asks for more points than any query may.</summary>
    public const string MaxCostExceeded = "MAX_COST_EXCEEDED";

    /// <summary>The token lacks a scope.</summary>
    public const string AccessDenied = "ACCESS_DENIED";

    /// <summary>The shop is closed or frozen.</summary>
    public const string ShopInactive = "SHOP_INACTIVE";

    /// <summary>Shopify failed.</summary>
    public const string InternalServerError = "INTERNAL_SERVER_ERROR";

    /// <summary>The shop's daily limit of new variants is used up.</summary>
    public const string VariantThrottleExceeded = "VARIANT_THROTTLE_EXCEEDED";
}
