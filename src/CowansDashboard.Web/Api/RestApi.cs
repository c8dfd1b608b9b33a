using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using CowansDashboard.Accounts;

namespace CowansDashboard.Web.Api;

/// <summary>What all REST endpoints share: problems instead of pages, a limit on speed, and the OpenAPI document.</summary>
public static class RestApi
{
    internal const int MostDepth = 128;

    public static IServiceCollection AddRestApi(this IServiceCollection services)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context => context.ProblemDetails.Detail ??= Said(context.HttpContext.Response.StatusCode));
        // A field that nobody reads is a mistake of the sender, and is named.
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            // Each level of a tree of categories takes two.
            options.SerializerOptions.MaxDepth = MostDepth;
        });
        services.AddExceptionHandler<ApiFailures>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddOpenApi("v1", options => options.AddDocumentTransformer<DescribeApi>());
        services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(Limit);
            options.OnRejected = async (rejected, cancel) =>
            {
                var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var named) ? named : TimeSpan.FromSeconds(1);
                Problems.NameWait(rejected.HttpContext.Response, wait);
                await Problems.Write(rejected.HttpContext, StatusCodes.Status429TooManyRequests, "More than 50 requests a second over some time. Wait as long as Retry-After says.");
            };
        });
        return services;
    }

    /// <summary>Stands before every endpoint under /api.</summary>
    public static WebApplication UseRestApi(this WebApplication app)
    {
        app.UseWhen(context => IsApi(context.Request), api =>
        {
            api.UseExceptionHandler();
            api.UseStatusCodePages();
        });
        return app;
    }

    public static WebApplication MapRestApi(this WebApplication app)
    {
        var document = app.MapOpenApi("/openapi/{documentName}.json");
        if (app.Environment.IsDevelopment())
            document.AllowAnonymous();
        var api = app.MapGroup("").WithReadableBodies();
        api.MapAuthApi();
        api.MapProductsApi();
        api.MapChangeProductApi();
        api.MapBatchEditsApi();
        api.MapRemoveProductsApi();
        api.MapBatchesApi();
        api.MapCategoriesApi();
        api.MapSchedulesApi();
        api.MapSyncApi();
        api.MapPushApi();
        api.MapPushPlansApi();
        api.MapRecurringApi();
        api.MapConflictsApi();
        api.MapProductTypesApi();
        api.MapAutomaticCollectionsApi();
        api.MapCollectionOrderApi();
        api.MapSuggestionsApi();
        api.MapCollectionsApi();
        api.MapChangeCollectionsApi();
        api.MapCollectionVersionsApi();
        api.MapScheduleCollectionApi();
        api.MapWebhooksApi();
        api.MapExportsApi();
        return app;
    }

    private static string? Said(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "Sign in first: POST /api/auth/login answers a token, which is sent as “Authorization: Bearer …”.",
        StatusCodes.Status403Forbidden => "Your account may not do this: its role is not enough. An administrator can change the role.",
        StatusCodes.Status404NotFound => "There is nothing at this address. GET /openapi/v1.json lists what there is.",
        StatusCodes.Status405MethodNotAllowed => "This address takes another method. GET /openapi/v1.json lists what there is.",
        StatusCodes.Status415UnsupportedMediaType => "The body must be JSON, sent with “Content-Type: application/json”.",
        _ => null,
    };

    private static bool IsApi(HttpRequest request) => request.Path.StartsWithSegments("/api");

    private static RateLimitPartition<string> Limit(HttpContext context)
    {
        if (!IsApi(context.Request))
            return RateLimitPartition.GetNoLimiter("");
        var who = context.User.AccountId is { } id ? $"account {id}" : $"address {context.Connection.RemoteIpAddress}";
        return RateLimitPartition.GetTokenBucketLimiter(who, _ => new()
        {
            TokenLimit = 200,
            TokensPerPeriod = 50,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });
    }
}
