using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Shopify.Bulk;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Retries;
using CowansDashboard.Shopify.Throttling;
using CowansDashboard.Shopify.Tokens;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;

namespace CowansDashboard.Shopify;

/// <summary>
/// The Admin API of one shop: paced by the governor, retried where that helps, with every fault as a <see cref="ShopifyFaultException"/>.
/// Keep one per shop and process; it is safe for many callers at once.
/// </summary>
public sealed partial class ShopifyAdmin : IDisposable
{
    private readonly HttpClient http;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly RetryOptions retries;
    private readonly AccessTokens tokens;
    private readonly ResiliencePipeline repeatable;
    private readonly ResiliencePipeline once;
    private readonly ShopifyAdmin? whole;
    private readonly Lazy<ShopifyAdmin> brief;
    private string? answeredVersion;

    /// <summary>A client for one shop.</summary>
    /// <param name="connection">Which shop and how.</param>
    /// <param name="http">Sends the requests. Its own timeout should be infinite: <see cref="RetryOptions.AttemptTimeout"/> rules.</param>
    /// <param name="governor">The budget of the shop, shared by everyone in this process who talks to it.</param>
    /// <param name="clock">The time.</param>
    /// <param name="log">Where warnings go.</param>
    /// <param name="retries">When a request is sent again.</param>
    public ShopifyAdmin(
        ShopifyConnection connection,
        HttpClient http,
        ThrottleGovernor governor,
        TimeProvider clock,
        ILogger<ShopifyAdmin>? log = null,
        RetryOptions? retries = null)
    {
        Connection = connection;
        Governor = governor;
        this.http = http;
        this.clock = clock;
        this.log = log ?? NullLogger<ShopifyAdmin>.Instance;
        this.retries = retries ?? new RetryOptions();
        tokens = new AccessTokens(connection, http, this.retries.AttemptTimeout, clock);
        brief = new(() => new ShopifyAdmin(this, this.retries.Brief));
        repeatable = RetryPipeline.Build(this.retries, clock, repeatIsSafe: true, Retrying);
        once = RetryPipeline.Build(this.retries, clock, repeatIsSafe: false, Retrying);
    }

    private ShopifyAdmin(ShopifyAdmin whole, RetryOptions retries)
        : this(whole.Connection, whole.http, whole.Governor, whole.clock, retries: retries)
    {
        this.whole = whole;
        log = whole.log;
        tokens = whole.tokens;
    }

    /// <summary>
    /// The same shop for work that is kept elsewhere and done again by itself: it hears of a fault after two further attempts instead of
    /// waiting a minute or two here, so that people can be told.
    /// </summary>
    public ShopifyAdmin Brief => whole is null ? brief.Value : this;

    /// <summary>Which shop this is.</summary>
    public ShopifyConnection Connection { get; }

    /// <summary>The shop's budget.</summary>
    public ThrottleGovernor Governor { get; }

    /// <summary>Where somebody who hears that a bulk operation ended says so.</summary>
    public BulkBell BulkEnds { get; init; } = new();

    /// <summary>The time this client goes by.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Raised when Shopify answers with another API version than asked for: the asked one is retired. Once per version.</summary>
    public event Action<ApiVersionMismatch>? VersionMismatch;

    /// <summary>Sends an operation and answers its data.</summary>
    /// <param name="operation">What to send; see <see cref="Queries"/> and <see cref="BulkOperations"/>.</param>
    /// <param name="lane">Who waits for it.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ShopifyFaultException">Shopify did not do it, also after retries where they could help.</exception>
    public async Task<ShopifyAnswer<T>> Send<T>(Operation<T> operation, Lane lane, CancellationToken cancel)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new JsonObject { ["query"] = operation.Document, ["variables"] = operation.Variables.DeepClone(), ["operationName"] = operation.Name },
            ShopifyJson.Default.JsonObject);
        var attempts = 0;
        return await (operation.RepeatIsSafe ? repeatable : once).ExecuteAsync(
            async attempt =>
            {
                attempts++;
                var answer = await Attempt(operation, body, lane, attempt);
                return answer with { Attempts = attempts };
            },
            cancel);
    }

    /// <summary>Lets go of what this client itself holds; the HTTP client and the governor are the caller's.</summary>
    public void Dispose()
    {
        if (whole is null)
        {
            tokens.Dispose();
        }
    }

    private async Task<ShopifyAnswer<T>> Attempt<T>(Operation<T> operation, byte[] body, Lane lane, CancellationToken cancel)
    {
        var token = await tokens.Get(cancel);
        try
        {
            return await Exchange(operation, body, token, lane, cancel);
        }
        catch (ShopifyFaultException refused) when (refused.Fault is ShopifyFault.Unauthorized)
        {
            if (!await tokens.Replace(token, cancel))
            {
                throw;
            }

            TokenRenewed(log, Connection.Shop);
            return await Exchange(operation, body, await tokens.Get(cancel), lane, cancel);
        }
    }

    private async Task<ShopifyAnswer<T>> Exchange<T>(Operation<T> operation, byte[] body, string token, Lane lane, CancellationToken cancel)
    {
        var reservation = await Governor.Reserve(operation.CostKey ?? operation.Name, operation.EstimatedCost, lane, cancel);
        QueryCost? cost = null;
        var refused = TimeSpan.MinValue;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Connection.GraphQLUrl) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Add("X-Shopify-Access-Token", token);
            using var response = await Transport.Send(http, request, retries.AttemptTimeout, clock, cancel);
            var named = RetryAfter.Of(response.Message, clock);
            var answer = Read(operation, response, named, ref cost);
            if (answer.Fault is null)
            {
                return answer.Value!;
            }

            if (answer.Fault is ShopifyFault.Throttled or ShopifyFault.Http { Status: System.Net.HttpStatusCode.TooManyRequests })
            {
                refused = answer.Fault.RetryAfter ?? TimeSpan.FromSeconds(1);
            }

            throw new ShopifyFaultException(answer.Fault) { Operation = operation.Name, RequestId = response.Header("X-Request-Id") };
        }
        finally
        {
            if (refused >= TimeSpan.Zero)
            {
                Governor.Refuse(reservation, cost, refused);
            }
            else
            {
                Governor.Settle(reservation, cost);
            }

            CallTally.Note(cost?.Spent ?? reservation.Points, refused >= TimeSpan.Zero);
        }
    }

    private (ShopifyAnswer<T>? Value, ShopifyFault? Fault) Read<T>(
        Operation<T> operation, Transport.Answer response, TimeSpan? named, ref QueryCost? cost)
    {
        var status = response.Message.StatusCode;
        GraphQLBody<T> read;
        try
        {
            read = GraphQLBody<T>.Read(response.Body, operation.Reading);
        }
        catch (JsonException broken)
        {
            return (null, FaultReading.IsFailure(status)
                ? FaultReading.FromStatus(status, named, response.Excerpt())
                : new ShopifyFault.Unreadable(broken.Message));
        }

        cost = read.Cost;
        NoteVersion(response.Header("X-Shopify-API-Version"));
        if (FaultReading.FromErrors(status, named, read.Errors, read.Cost, clock.GetUtcNow()) is { } fault)
        {
            return (null, fault);
        }

        if (FaultReading.IsFailure(status))
        {
            return (null, FaultReading.FromStatus(status, named, response.Excerpt()));
        }

        if (read.Data is not { } data)
        {
            return (null, new ShopifyFault.Unreadable("it has neither data nor errors."));
        }

        return (new ShopifyAnswer<T>
        {
            Data = data,
            UserErrors = operation.UserErrors?.Invoke(data) ?? [],
            Cost = read.Cost,
            ServerDate = response.Message.Headers.Date,
            ApiVersion = answeredVersion,
        }, null);
    }

    private void NoteVersion(string? answered)
    {
        if (whole is not null)
        {
            whole.NoteVersion(answered);
            answeredVersion = answered ?? answeredVersion;
            return;
        }

        if (answered is null || Interlocked.Exchange(ref answeredVersion, answered) == answered || answered == Connection.ApiVersion)
        {
            return;
        }

        VersionFellForward(log, Connection.Shop, Connection.ApiVersion, answered);
        VersionMismatch?.Invoke(new ApiVersionMismatch(Connection.Shop, Connection.ApiVersion, answered));
    }

    private void Retrying(ShopifyFault fault, int attempt, TimeSpan wait) =>
        SendingAgain(log, Connection.Shop, attempt, wait.TotalSeconds, fault.Message);

    [LoggerMessage(101, LogLevel.Warning, "{Shop}: API version {Asked} was asked for, {Answered} answered. The asked version is retired; update the setting.")]
    private static partial void VersionFellForward(ILogger log, string shop, string asked, string answered);

    [LoggerMessage(102, LogLevel.Information, "{Shop}: sending again, attempt {Attempt} after {Seconds:0.0} s. {Reason}")]
    private static partial void SendingAgain(ILogger log, string shop, int attempt, double seconds, string reason);

    [LoggerMessage(103, LogLevel.Information, "{Shop}: the access token was refused and renewed.")]
    private static partial void TokenRenewed(ILogger log, string shop);
}

/// <summary>Shopify answered with another API version than asked for.</summary>
public sealed record ApiVersionMismatch(string Shop, string Asked, string Answered);
