using CowansDashboard.Accounts;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Startup;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.Accounts;

public sealed partial class OwnPasswordPage(ChangePassword passwords, SignIn signIn, ListStores stores, NavigationManager navigation)
{
    private AccountChange.Refused? refused;

    [CascadingParameter] public HttpContext Http { get; set; } = default!;

    [SupplyParameterFromQuery] public string? ReturnUrl { get; set; }

    [SupplyParameterFromQuery(Name = FailurePages.StaleForm)] public bool Stale { get; set; }

    [SupplyParameterFromForm(FormName = "password")] public PasswordForm Form { get; set; } = default!;

    private bool OneTime => Http.User.HasOneTimePassword;

    private string Title => OneTime ? "Choose your password" : "Change your password";

    protected override void OnInitialized()
    {
        Form ??= new();
        if (Stale)
            refused = new("id", FailurePages.StaleWords);
    }

    private async Task Submit()
    {
        // Whoever has a one-time password typed it a moment ago to come here.
        var (current, wanted) = (OneTime ? null : Form.Current ?? "", Form.Wanted ?? "");
        if (wanted != Form.Again)
        {
            refused = new("again", "The two new passwords differ. Type the same one twice.");
            return;
        }
        var id = Http.User.AccountId!.Value;
        switch (await passwords.Change(id, current, wanted, Http.RequestAborted))
        {
            case AccountChange.Refused no:
                refused = no;
                Http.Response.StatusCode = StatusCodes.Status400BadRequest;
                break;
            case AccountChange.Done done:
                await signIn.Again(Http, id);
                navigation.NavigateTo(await Next(done.Account.Role));
                break;
        }
    }

    private async Task<string> Next(string role)
    {
        var wanted = ReturnAddress.Of(ReturnUrl);
        return role == Roles.Admin ? await FirstRun.Or(wanted, stores, Http.RequestAborted) : wanted;
    }

    private string? For(string field) => refused?.Field == field ? refused.Reason : null;

    public sealed class PasswordForm
    {
        public string? Current { get; set; }

        public string? Wanted { get; set; }

        public string? Again { get; set; }
    }
}
