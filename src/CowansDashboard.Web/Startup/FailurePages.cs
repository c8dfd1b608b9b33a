using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.WebUtilities;

namespace CowansDashboard.Web.Startup;

/// <summary>What a browser sees when a request fails before a page could show its own words. Programs get no pages.</summary>
public static class FailurePages
{
    /// <summary>In the address of a form's page that was opened anew because what was sent was too old.</summary>
    public const string StaleForm = "stale";

    public const string StaleWords = "This page had stood open too long, so nothing was sent. Fill it in once more.";

    public static WebApplication UseFailurePages(this WebApplication app)
    {
        app.UseWhen(WantsPage, pages =>
        {
            if (!app.Environment.IsDevelopment())
            {
                pages.UseExceptionHandler("/failed", createScopeForErrors: true);
            }
            pages.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        });
        app.UseWhen(IsForm, forms => forms.Use(OpenAgain));
        return app;
    }

    // A form that stood open while its session or the server's keys changed would get a blank 400.
    static async Task OpenAgain(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response is not { StatusCode: StatusCodes.Status400BadRequest, HasStarted: false }
            || context.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: false })
            return;
        var query = QueryHelpers.ParseQuery(context.Request.QueryString.Value);
        query[StaleForm] = "true";
        context.Response.Redirect(QueryHelpers.AddQueryString(context.Request.Path, query));
    }

    static bool IsForm(HttpContext context) => HttpMethods.IsPost(context.Request.Method) && context.Request.HasFormContentType && WantsHtml(context);

    static bool WantsPage(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method)
        && !context.Request.Path.StartsWithSegments("/api")
        && WantsHtml(context);

    static bool WantsHtml(HttpContext context) =>
        context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}
