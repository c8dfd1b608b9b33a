using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Accounts;
using CowansDashboard.Data;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace CowansDashboard.Web.Api;

/// <summary>The header Idempotency-Key: a request that is repeated with its key acts once and gets the first answer again. One that was refused leaves its key free.</summary>
public static class Idempotency
{
    public const string Header = "Idempotency-Key";

    private const int LongestKey = 255;

    public static RouteHandlerBuilder WithIdempotencyKey(this RouteHandlerBuilder endpoint) => endpoint.AddEndpointFilter(Once);

    private static async ValueTask<object?> Once(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var key = http.Request.Headers[Header].ToString();
        if (key.Length == 0 || http.User.AccountId is not { } account)
            return await next(context);
        if (key.Length > LongestKey)
            return Problems.Field(Header, $"{Header} has {key.Length} characters; at most {LongestKey} are possible.");

        var answers = http.RequestServices.GetRequiredService<AnswerOnce>();
        switch (await answers.Begin(account, key, Hash(context), http.RequestAborted))
        {
            case KnownAnswer.Given given:
                return Results.Text(given.Body, "application/json", Encoding.UTF8, given.Status);
            case KnownAnswer.OfAnother:
                return Problems.Field(Header, $"{Header} was used for another request. Take a new key for every new request.", StatusCodes.Status422UnprocessableEntity);
            case KnownAnswer.Unfinished unfinished:
                return Problems.Of(StatusCodes.Status409Conflict, $"The request with this {Header} began at {unfinished.Since.ToUniversalTime():HH:mm:ss} UTC and has no answer yet. Ask again in a moment; if it stays so, it was cut off: look what it did, and take a new key.");
        }

        object? result;
        try
        {
            result = await next(context);
        }
        catch
        {
            // Whoever fails before the save has done nothing; after it, the next request meets a newer version.
            await answers.Forget(account, key, CancellationToken.None);
            throw;
        }
        var plain = result is INestedHttpResult nested ? nested.Result : result;
        // What was refused has done nothing: the key stays free for the same request once it fits, or for one that was mended.
        if (plain is IStatusCodeHttpResult { StatusCode: { } status and < 400 } and IValueHttpResult { Value: { } value })
            await answers.Keep(account, key, status, JsonSerializer.Serialize(value, http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions), CancellationToken.None);
        else
            await answers.Forget(account, key, CancellationToken.None);
        return result;
    }

    private static byte[] Hash(EndpointFilterInvocationContext context)
    {
        var request = context.HttpContext.Request;
        var body = context.Arguments.OfType<JsonNode>().FirstOrDefault()?.ToJsonString() ?? "";
        return SHA256.HashData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n{body}"));
    }
}
