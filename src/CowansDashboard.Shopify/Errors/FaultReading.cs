using System.Net;
using CowansDashboard.Shopify.Throttling;

namespace CowansDashboard.Shopify.Errors;

/// <summary>Decides which fault an answer is, or that it is none. Pure.</summary>
internal static class FaultReading
{
    private static readonly TimeSpan WithoutAnyHint = TimeSpan.FromSeconds(1);

    /// <summary>The fault in an answer's top-level errors; null when there are none.</summary>
    public static ShopifyFault? FromErrors(
        HttpStatusCode status, TimeSpan? retryAfter, IReadOnlyList<GraphQLError> errors, QueryCost? cost, DateTimeOffset now)
    {
        if (errors.Count == 0)
        {
            return null;
        }

        // The daily limit comes as a 429 too, but waiting seconds for it would spin for a day.
        if (errors.FirstOrDefault(IsDailyLimit) is { } daily)
        {
            var wait = retryAfter ?? NextUtcDay(now) - now;
            return new ShopifyFault.DailyLimit(daily.Message, now + wait, wait);
        }

        return With(errors, GraphQLErrorCodes.AccessDenied) is { } denied
                ? new ShopifyFault.AccessDenied(denied.Message, denied.Extensions?.RequiredAccess, denied.Place())
            : With(errors, GraphQLErrorCodes.Throttled) is not null
                ? Throttled(cost, retryAfter)
            : With(errors, GraphQLErrorCodes.MaxCostExceeded) is { } dear
                ? new ShopifyFault.MaxCostExceeded(dear.Extensions?.Cost, dear.Extensions?.MaxCost, dear.Message)
            : With(errors, GraphQLErrorCodes.ShopInactive) is { } inactive
                ? new ShopifyFault.ShopInactive(inactive.Message)
            : With(errors, GraphQLErrorCodes.InternalServerError) is { } broken
                ? new ShopifyFault.InternalServerError(broken.Message)
            : IsFailure(status)
                ? FromStatus(status, retryAfter, errors[0].Message)
                : new ShopifyFault.Invalid(errors);
    }

    /// <summary>The fault of a status other than success.</summary>
    public static ShopifyFault FromStatus(HttpStatusCode status, TimeSpan? retryAfter, string body) => status switch
    {
        HttpStatusCode.Unauthorized => new ShopifyFault.Unauthorized(body),
        _ => new ShopifyFault.Http(status, retryAfter, body),
    };

    /// <summary>True for statuses that are no answer to the query.</summary>
    public static bool IsFailure(HttpStatusCode status) => (int)status is < 200 or > 299;

    private static ShopifyFault.Throttled Throttled(QueryCost? cost, TimeSpan? retryAfter)
    {
        var bucket = cost?.ThrottleStatus;
        var flowing = bucket is null
            ? null
            : ThrottleMath.WaitFor(cost!.RequestedQueryCost, bucket.CurrentlyAvailable, bucket.MaximumAvailable, bucket.RestoreRate);
        return new ShopifyFault.Throttled(
            cost?.RequestedQueryCost, bucket?.CurrentlyAvailable, retryAfter ?? flowing ?? WithoutAnyHint);
    }

    private static bool IsDailyLimit(GraphQLError error) =>
        error.Extensions?.Code == GraphQLErrorCodes.VariantThrottleExceeded
        || (error.Message.Contains("daily", StringComparison.OrdinalIgnoreCase)
            && error.Message.Contains("limit", StringComparison.OrdinalIgnoreCase));

    private static GraphQLError? With(IReadOnlyList<GraphQLError> errors, string code) =>
        errors.FirstOrDefault(error => error.Extensions?.Code == code);

    private static DateTimeOffset NextUtcDay(DateTimeOffset now) => new(now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
}
