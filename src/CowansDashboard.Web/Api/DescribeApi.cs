using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CowansDashboard.Web.Api;

/// <summary>Puts title, answer shape and the way to sign in at the head of the OpenAPI document.</summary>
internal sealed class DescribeApi : IOpenApiDocumentTransformer
{
    private const string Bearer = "bearer";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new()
        {
            Title = "Cowan’s Product Dashboard",
            Version = "v1",
            Description = "Answers carry status, data, message and meta; failures are problem details (RFC 9457). Ids and money are strings, times ISO 8601 in UTC. Sign in with POST /api/auth/login and send the access token as a bearer token.",
        };
        document.Servers = [];
        document.Components ??= new();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" };
        document.Security = [new() { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
        return Task.CompletedTask;
    }
}
