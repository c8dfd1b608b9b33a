using CowansDashboard.Accounts;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Api;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Startup;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.Accounts;

public sealed partial class SignInPage(
    CheckPassword passwords, SignIn signIn, SignInLimit limit, KnownBrowser browsers, ListStores stores, NavigationManager navigation, TimeProvider clock)
{
    private Said? said;

    [CascadingParameter] public HttpContext Http { get; set; } = default!;

    [SupplyParameterFromQuery] public string? ReturnUrl { get; set; }

    [SupplyParameterFromQuery(Name = FailurePages.StaleForm)] public bool Stale { get; set; }

    [SupplyParameterFromForm(FormName = "sign-in")] public SignInForm Form { get; set; } = default!;

    protected override void OnInitialized()
    {
        Form ??= new();
        if (Stale)
            said = new(FailurePages.StaleWords, Waits: true);
        if (HttpMethods.IsGet(Http.Request.Method) && Http.User.Identity?.IsAuthenticated == true)
            navigation.NavigateTo(ReturnAddress.Of(ReturnUrl));
    }

    private async Task Submit()
    {
        var (email, password) = (Form.Email ?? "", Form.Password ?? "");
        if (limit.Wait(Http.Connection.RemoteIpAddress, email) is { } wait)
        {
            Problems.NameWait(Http.Response, wait);
            Say(StatusCodes.Status429TooManyRequests, $"Too many tries from this computer. Try again in {When.Duration(TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds)))}.", waits: true);
            return;
        }

        switch (await passwords.Check(email, password, browsers.Account(Http), Http.RequestAborted))
        {
            case PasswordCheck.Right { Account: var account }:
                await signIn.In(Http, account, Form.Stay);
                navigation.NavigateTo(await Next(account));
                break;
            case PasswordCheck.Waits waits:
                var left = waits.Until - clock.GetUtcNow();
                Problems.NameWait(Http.Response, left);
                Say(StatusCodes.Status429TooManyRequests, $"{CheckPassword.Tries} wrong passwords: this account waits. Try again in {When.Duration(TimeSpan.FromSeconds(Math.Ceiling(left.TotalSeconds)))}.", waits: true);
                break;
            case PasswordCheck.Disabled:
                Say(StatusCodes.Status403Forbidden, "This account is closed. An administrator can open it again.");
                break;
            case PasswordCheck.Expired expired:
                Say(StatusCodes.Status403Forbidden, $"This one-time password ended {When.Age(expired.At, clock.GetUtcNow(), null)}. An administrator can make a new one.");
                break;
            default:
                Say(StatusCodes.Status401Unauthorized, "E-mail or password is wrong. Look for capitals and for spaces at the ends.");
                break;
        }
    }

    private async Task<string> Next(Account account)
    {
        var wanted = ReturnAddress.Of(ReturnUrl);
        if (account.OneTimeUntil is not null)
            return wanted == "/" ? Sessions.OwnPasswordPath : $"{Sessions.OwnPasswordPath}?returnUrl={Uri.EscapeDataString(wanted)}";
        return account.Role == Roles.Admin ? await FirstRun.Or(wanted, stores, Http.RequestAborted) : wanted;
    }

    private void Say(int status, string words, bool waits = false)
    {
        Http.Response.StatusCode = status;
        said = new(words, waits);
    }

    public sealed class SignInForm
    {
        public string? Email { get; set; }

        public string? Password { get; set; }

        public bool Stay { get; set; }
    }

    private sealed record Said(string Words, bool Waits);
}
