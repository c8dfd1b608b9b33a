using Microsoft.AspNetCore.Antiforgery;

namespace CowansDashboard.Web.Accounts;

/// <summary>The way out, as a form, so that no link of another site can sign anybody out.</summary>
public static class SignOutDoor
{
    public static IEndpointRouteBuilder MapSignOut(this IEndpointRouteBuilder app)
    {
        app.MapPost("/sign-out", async (HttpContext context, IAntiforgery antiforgery) =>
        {
            if (!await antiforgery.IsRequestValidAsync(context))
                return Results.Redirect("/");
            await SignIn.Out(context);
            return Results.Redirect(Sessions.SignInPath);
        }).RequireAuthorization(Policies.OwnPassword).ExcludeFromDescription();
        return app;
    }
}
