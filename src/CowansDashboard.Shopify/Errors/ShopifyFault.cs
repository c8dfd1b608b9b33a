using System.Globalization;
using System.Net;
using CowansDashboard.Shopify.Wire;

namespace CowansDashboard.Shopify.Errors;

/// <summary>
/// Everything that can go wrong with a request, as one closed list over Shopify's four error channels:
/// HTTP (<see cref="Unreachable"/>, <see cref="Http"/>, <see cref="Unauthorized"/>, <see cref="TokenRefused"/>, <see cref="Unreadable"/>),
/// the top-level errors (<see cref="Throttled"/>, <see cref="MaxCostExceeded"/>, <see cref="AccessDenied"/>, <see cref="ShopInactive"/>,
/// <see cref="InternalServerError"/>, <see cref="Invalid"/>), the payload's user errors (<see cref="Refused"/>)
/// and results reported later (<see cref="AsyncFailure"/>). <see cref="DailyLimit"/> comes over two of them.
/// </summary>
public abstract record ShopifyFault
{
    private ShopifyFault()
    {
    }

    /// <summary>What happened, for people.</summary>
    public abstract string Message { get; }

    /// <summary>Whether the same request could succeed later without anybody changing anything.</summary>
    public virtual bool CanRetry => false;

    /// <summary>How long to wait before trying again, where Shopify names it.</summary>
    public virtual TimeSpan? RetryAfter => null;

    /// <summary>Whether a mutation may have taken effect although this came back: read before sending again.</summary>
    public virtual bool OutcomeUnknown => false;

    /// <summary>No answer: connection refused or dropped, or no answer in time. Retried; once it was sent, a mutation's outcome is unknown.</summary>
    public sealed record Unreachable(string Reason, bool Sent) : ShopifyFault
    {
        /// <inheritdoc/>
        public override string Message => $"Shopify could not be reached: {Reason}";

        /// <inheritdoc/>
        public override bool CanRetry => true;

        /// <inheritdoc/>
        public override bool OutcomeUnknown => Sent;
    }

    /// <summary>An HTTP status other than success, without a GraphQL error in the body. 408, 429 and 5xx are retried; 402, 403, 404 and 423 are not.</summary>
    public sealed record Http(HttpStatusCode Status, TimeSpan? After, string Body) : ShopifyFault
    {
        /// <inheritdoc/>
        public override string Message => Status switch
        {
            HttpStatusCode.PaymentRequired => "The shop is frozen: its plan is not paid (402).",
            HttpStatusCode.Forbidden => "Shopify forbids this (403).",
            HttpStatusCode.NotFound => "No shop or API version answers at this address (404).",
            HttpStatusCode.Locked => "The shop is locked (423).",
            HttpStatusCode.TooManyRequests => "Shopify asks for fewer requests (429).",
            _ => string.Create(CultureInfo.InvariantCulture, $"Shopify answered with status {(int)Status}."),
        };

        /// <inheritdoc/>
        public override bool CanRetry => Status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)Status >= 500;

        /// <inheritdoc/>
        public override TimeSpan? RetryAfter => After;

        // 429 and 503 turn a request away before it runs.
        /// <inheritdoc/>
        public override bool OutcomeUnknown => CanRetry && Status is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable);
    }

    /// <summary>The access token is not valid (401). A token that came by client credentials has been renewed once before this is reported.</summary>
    public sealed record Unauthorized(string Body) : ShopifyFault
    {
        /// <inheritdoc/>
        public override string Message => "Shopify does not accept the access token (401).";
    }

    /// <summary>No token was granted, for example <c>shop_not_permitted</c> or <c>invalid_client</c>.</summary>
    public sealed record TokenRefused(string Error, string Description) : ShopifyFault
    {
        /// <inheritdoc/>
        public override string Message => $"Shopify grants no access token: {Error}. {Description}".TrimEnd();
    }

    /// <summary>Success by its status, but no GraphQL answer: a proxy's page or a cut-off body. Retried.</summary>
    public sealed record Unreadable(string Reason) : ShopifyFault
    {
        /// <inheritdoc/>
        public override string Message => $"Shopify's answer cannot be read: {Reason}";

        /// <inheritdoc/>
        public override bool CanRetry => true;

        /// <inheritdoc/>
        public override bool OutcomeUnknown => true;
    }

    /// <summary>The bucket held too few points (THROTTLED, on HTTP 200 or 429). The request did not run; retried after <paramref name="Wait"/>.</summary>
    public sealed record Throttled(double? Requested, double? Available, TimeSpan Wait) : ShopifyFault
    {
        /// <inheritdoc/>
        public override string Message => string.Create(CultureInfo.InvariantCulture, $"Shopify's call limit is reached; it frees up in {Wait.TotalSeconds:0.#} s.");

        /// <inheritdoc/>
        public override bool CanRetry => true;

        /// <inheritdoc/>
        public override TimeSpan? RetryAfter => Wait;
    }

    /// <summary>The query costs more than any query may: ask for less at a time.</summary>
    public sealed record MaxCostExceeded(double? Cost, double? MaxCost, string Text) : ShopifyFault
    {
        /// <inheritdoc/>
        public override string Message => Text;
    }

    /// <summary>The token lacks a scope. Never an empty result.</summary>
    public sealed record AccessDenied(string Text, string? RequiredAccess, string Path) : ShopifyFault
    {
        /// <inheritdoc/>
        public override string Message => Text;
    }

    /// <summary>The shop is closed.</summary>
    public sealed record ShopInactive(string Text) : ShopifyFault
    {
        /// <inheritdoc/>
        public override string Message => Text;
    }

    /// <summary>Shopify failed inside (INTERNAL_SERVER_ERROR). Retried; a mutation's outcome is unknown.</summary>
    public sealed record InternalServerError(string Text) : ShopifyFault
    {
        /// <inheritdoc/>
        public override string Message => Text;

        /// <inheritdoc/>
        public override bool CanRetry => true;

        /// <inheritdoc/>
        public override bool OutcomeUnknown => true;
    }

    /// <summary>The document or its variables do not fit the schema.</summary>
    public sealed record Invalid(IReadOnlyList<GraphQLError> Errors) : ShopifyFault
    {
        /// <inheritdoc/>
        public override string Message => string.Join(" ", Errors.Select(error => error.Message));
    }

    /// <summary>The payload's user errors: Shopify understood and refused.</summary>
    public sealed record Refused(IReadOnlyList<UserError> Errors) : ShopifyFault
    {
        /// <inheritdoc/>
        public override string Message => string.Join(" ", Errors.Select(error => error.ToString()));
    }

    /// <summary>
    /// A daily limit is used up (new variants per day). Retrying before <paramref name="ResumesAt"/> is useless:
    /// the run pauses until then. No automatic retry waits for it.
    /// </summary>
    public sealed record DailyLimit(string Text, DateTimeOffset ResumesAt, TimeSpan Wait) : ShopifyFault
    {
        /// <inheritdoc/>
        public override string Message => Text;

        /// <inheritdoc/>
        public override bool CanRetry => true;

        /// <inheritdoc/>
        public override TimeSpan? RetryAfter => Wait;
    }

    /// <summary>An operation that Shopify had accepted failed later (bulk operation, job, media, product operation).</summary>
    public sealed record AsyncFailure(ShopifyId Subject, string? Code, string Text, bool Again) : ShopifyFault
    {
        /// <inheritdoc/>
        public override string Message => Text;

        /// <inheritdoc/>
        public override bool CanRetry => Again;
    }
}
