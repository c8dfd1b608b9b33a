using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;

namespace CowansDashboard.Web.Api;

/// <summary>Says what was wrong with a request that could not even be read, and keeps other failures' words inside.</summary>
public sealed class ApiFailures : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // Pages have words of their own.
        if (!httpContext.Request.Path.StartsWithSegments("/api"))
            return false;
        var problem = exception switch
        {
            BadHttpRequestException { InnerException: JsonException { Path: { Length: > 2 } path } wrong } =>
                Problems.Field(path[2..], $"“{path[2..]}” cannot be read: {Words(wrong)}"),
            BadHttpRequestException { InnerException: JsonException wrong } => Problems.Of(400, $"The body is not the JSON that this endpoint reads: {Words(wrong)}"),
            BadHttpRequestException wrong => Problems.Of(wrong.StatusCode, wrong.Message),
            _ => Problems.Of(500, $"This failed here, not with you. The server’s log tells more under {httpContext.TraceIdentifier}."),
        };
        await problem.ExecuteAsync(httpContext);
        return true;
    }

    /// <summary>What is wrong with the JSON, in words for who wrote it: the reader's own name .NET types.</summary>
    public static string Words(JsonException wrong) => wrong.Message.Split(" Path:")[0] switch
    {
        var text when text.Contains("could not be mapped to any .NET member", StringComparison.Ordinal) =>
            "there is no such field here; /openapi/v1.json lists those that are.",
        var text when text.Contains("could not be converted to", StringComparison.Ordinal) =>
            "it is not the kind of value that is expected; /openapi/v1.json says which is.",
        var text when text.IndexOf("missing required properties", StringComparison.Ordinal) is var at and >= 0 => text[at..],
        var text => text,
    };
}
