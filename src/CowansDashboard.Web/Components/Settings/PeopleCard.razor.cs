using CowansDashboard.Accounts;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.Settings;

/// <summary>Everybody who may sign in: invite, give a role, close, open again, replace a lost password.</summary>
public sealed partial class PeopleCard(
    ListAccounts list, InviteAccount invite, ChangeRole roles, DisableAccount disable, EnableAccount enable, ResetPassword reset,
    CurrentStore current, Toasts toasts, TimeProvider clock)
{
    private IReadOnlyList<AccountRow>? people;
    private string? failure;
    private AccountChange.Refused? refused;
    private (string Name, string Email, string Password)? made;
    private bool inviting;
    private string name = "";
    private string email = "";
    private string role = Roles.Merchandiser;
    private int drawn;

    protected override Task OnInitializedAsync() => Read();

    private async Task Read()
    {
        try
        {
            (people, failure) = (await list.List(Gone), null);
        }
        catch (Exception wrong) when (wrong is System.Data.Common.DbException or TimeoutException)
        {
            failure = wrong.Message;
        }
    }

    private async Task Invite()
    {
        if (await Took(await invite.Invite(name, email, role, Gone)) is { } done)
        {
            (inviting, name, email) = (false, "", "");
            made = (done.Account.Name, done.Account.Email, done.OneTimePassword!);
        }
    }

    private async Task Become(AccountRow person, string wanted)
    {
        if (await Took(await roles.Change(person.Id, wanted, Gone)) is not null)
            toasts.Say($"{person.Name} is {Roles.Title(wanted).ToLowerInvariant()} now and signs in again");
    }

    private async Task NewPassword(AccountRow person)
    {
        if (await Took(await reset.Reset(person.Id, Gone)) is { } done)
            made = (person.Name, person.Email, done.OneTimePassword!);
    }

    private async Task Close(AccountRow person)
    {
        if (await Took(await disable.Disable(person.Id, Gone)) is not null)
            toasts.Say($"The account of {person.Name} closed", "Undo", () => InvokeAsync(() => Reopen(person)));
    }

    private async Task Reopen(AccountRow person)
    {
        if (await Took(await enable.Enable(person.Id, Gone)) is not null)
            toasts.Say($"The account of {person.Name} opened again");
        StateHasChanged();
    }

    private async Task<AccountChange.Done?> Took(AccountChange change)
    {
        (refused, made) = (change as AccountChange.Refused, null);
        // A refused choice must not stay in the box: drawn anew, it shows what is.
        drawn++;
        await Read();
        return change as AccountChange.Done;
    }

    private bool IsMe(AccountRow person) => person.Id == current.Person?.Id;

    private (Tone Tone, string Words) State(AccountRow person)
    {
        var now = clock.GetUtcNow();
        var zone = current.Store?.TimeZone;
        return person switch
        {
            { DisabledAt: { } at } => (Tone.Neutral, $"Closed {When.Age(at, now, zone)}"),
            { WaitsUntil: { } until } when until > now => (Tone.Wait, $"Waits until {When.Clock(until, now, zone)}, wrong passwords"),
            { OneTimeUntil: { } until } when until < now => (Tone.Wait, "One-time password is over"),
            { OneTimeUntil: { } until } => (Tone.Pending, $"Invited, until {When.Clock(until, now, zone)}"),
            { LastSignInAt: { } at } => (Tone.Ok, $"Signed in {When.Age(at, now, zone)}"),
            _ => (Tone.Neutral, "Never signed in"),
        };
    }

    private static string May(string role) => role switch
    {
        Roles.Admin => "Everything, also shops and people",
        Roles.Merchandiser => "Changes the catalogue, starts and stops runs",
        _ => "Looks at everything, changes nothing",
    };

    private string? Invalid(string field) => refused?.Field == field ? "true" : null;

    private RenderFragment? Wrong(string field) => refused?.Field != field ? null : builder =>
    {
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", "wrong");
        builder.AddAttribute(2, "role", "alert");
        builder.AddContent(3, refused.Reason);
        builder.CloseElement();
    };
}
