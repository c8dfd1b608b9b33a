using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>Bodies that are JSON and yet cannot be looked into: a name that comes twice in an object, or a text that ends within a character.</summary>
internal static class ReadableBody
{
    /// <summary>Answers 400 before anything is looked up in such a body.</summary>
    public static RouteGroupBuilder WithReadableBodies(this RouteGroupBuilder endpoints)
    {
        endpoints.AddEndpointFilter(async (context, next) => context.Arguments.OfType<JsonObject>().FirstOrDefault() is { } body && Problem(body) is { } problem ? problem : await next(context));
        return endpoints;
    }

    /// <summary>What is wrong with an object within a body; null when it can be looked into.</summary>
    public static ProblemHttpResult? Problem(JsonObject body)
    {
        try
        {
            using var document = JsonDocument.Parse(body.ToJsonString(), new() { MaxDepth = RestApi.MostDepth });
            return Twice(document.RootElement) is { } twice ? Problems.Field(twice, $"“{twice}” comes twice in one object of the body.") : null;
        }
        catch (Exception half) when (half is InvalidOperationException or ArgumentException)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "A text of the body begins or ends within a character; it is no Unicode.");
        }
    }

    // A name that comes twice, in whatever case: such an object throws as soon as something is looked up in it.
    private static string? Twice(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
                return value.EnumerateObject().Select(each => names.Add(each.Name) ? Twice(each.Value) : each.Name).FirstOrDefault(twice => twice is not null);
            case JsonValueKind.Array:
                return value.EnumerateArray().Select(Twice).FirstOrDefault(twice => twice is not null);
            case JsonValueKind.String:
                // Throws for half a character.
                value.GetString();
                return null;
            default:
                return null;
        }
    }
}
