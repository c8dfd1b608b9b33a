using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CowansDashboard.Web.Api;

/// <summary>RFC 9457 problem details. One that a field caused names it under <c>errors</c>, with what would be right.</summary>
public static class Problems
{
    public static ProblemHttpResult Of(int status, string detail) => TypedResults.Problem(Details(status, detail));

    /// <summary>A field of the request is wrong: 400, or 409 where it only does not fit what is there.</summary>
    public static ProblemHttpResult Field(string field, string detail, int status = StatusCodes.Status400BadRequest)
    {
        var details = Details(status, detail);
        details.Extensions["errors"] = new Dictionary<string, string[]> { [Camel(field)] = [detail] };
        return TypedResults.Problem(details);
    }

    /// <summary>Several places of the request are wrong, or 409 where they only do not fit what is there.</summary>
    public static ProblemHttpResult Fields(string detail, IReadOnlyDictionary<string, string[]> errors, int status = StatusCodes.Status400BadRequest)
    {
        var details = Details(status, detail);
        details.Extensions["errors"] = errors;
        return TypedResults.Problem(details);
    }

    public static ProblemHttpResult NotFound(string what) => Of(StatusCodes.Status404NotFound, what);

    /// <summary>Too fast: 429 with the seconds to wait.</summary>
    public static ProblemHttpResult TooMany(HttpContext context, TimeSpan wait, string detail)
    {
        NameWait(context.Response, wait);
        return Of(StatusCodes.Status429TooManyRequests, detail);
    }

    /// <summary>For places outside an endpoint, such as an authentication handler.</summary>
    public static Task Write(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(Details(status, detail), (System.Text.Json.JsonSerializerOptions?)null, "application/problem+json");
    }

    public static void NameWait(HttpResponse response, TimeSpan wait) =>
        response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString("0", System.Globalization.CultureInfo.InvariantCulture);

    private static ProblemDetails Details(int status, string detail) => new()
    {
        Status = status,
        Title = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
        Detail = detail,
    };

    private static string Camel(string field) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(field);
}
