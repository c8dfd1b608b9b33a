using CowansDashboard.Accounts;
using CowansDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Tests.Accounts;

[Trait("Category", "Integration")]
public sealed class AccountChangeTests
{
    [Fact]
    public async Task The_last_administrator_stays()
    {
        await using var app = await WebApp.Start();
        var first = (await app.Get<ListAccounts>().List(CancellationToken.None)).Single();
        var invited = (AccountChange.Done)await app.Get<InviteAccount>().Invite("Ines Moreau", "ines@test.example", Roles.Admin, CancellationToken.None);

        var demoted = await app.Get<ChangeRole>().Change(first.Id, Roles.Viewer, CancellationToken.None);
        var closed = await app.Get<DisableAccount>().Disable(first.Id, CancellationToken.None);
        var reset = await app.Get<ResetPassword>().Reset(first.Id, CancellationToken.None);

        // Somebody who was only invited may never come and does not count.
        invited.Account.Role.ShouldBe(Roles.Admin);
        demoted.ShouldBeOfType<AccountChange.Refused>().Reason.ShouldContain("last administrator");
        closed.ShouldBeOfType<AccountChange.Refused>();
        reset.ShouldBeOfType<AccountChange.Refused>();
        var now = (await app.Get<ListAccounts>().List(CancellationToken.None)).Single(account => account.Id == first.Id);
        (now.Role, now.DisabledAt, now.OneTimeUntil).ShouldBe((Roles.Admin, null, null));
    }

    [Fact]
    public async Task Two_administrators_who_close_each_other_at_once_do_not_both_succeed()
    {
        await using var app = await WebApp.Start();
        for (var round = 0; round < 5; round++)
        {
            var admins = (await app.Get<ListAccounts>().List(CancellationToken.None)).Where(account => account is { Role: Roles.Admin, DisabledAt: null }).ToList();
            if (admins.Count == 1)
                admins.Add(AccountRow.Of(await app.NewAccount($"second{round}@test.example", Roles.Admin)));

            var outcomes = await Task.WhenAll(admins.Select(admin => app.Get<DisableAccount>().Disable(admin.Id, CancellationToken.None)));

            outcomes.Count(outcome => outcome is AccountChange.Done).ShouldBe(1);
        }
    }

    [Fact]
    public async Task An_invitation_names_what_is_wrong_with_it()
    {
        await using var app = await WebApp.Start();
        var invite = app.Get<InviteAccount>();

        var outcomes = new[]
        {
            await invite.Invite(" ", "a@test.example", Roles.Viewer, CancellationToken.None),
            await invite.Invite("A\nB", "a@test.example", Roles.Viewer, CancellationToken.None),
            await invite.Invite("A", "not an address", Roles.Viewer, CancellationToken.None),
            await invite.Invite("A", WebApp.AdminEmail.ToUpperInvariant(), Roles.Viewer, CancellationToken.None),
            await invite.Invite("A", "a@test.example", "owner", CancellationToken.None),
        };

        outcomes.Select(outcome => ((AccountChange.Refused)outcome).Field).ShouldBe(["name", "name", "email", "email", "role"]);
    }

    [Fact]
    public async Task A_one_time_password_changes_nothing_after_its_day_also_in_a_session_that_is_still_open()
    {
        await using var app = await WebApp.Start();
        var account = await app.NewAccount("slow@test.example", Roles.Viewer, each => each.OneTimeUntil = TimeProvider.System.GetUtcNow().AddMinutes(-1));

        var outcome = await app.Get<ChangePassword>().Change(account.Id, null, "another horse 2026", CancellationToken.None);

        outcome.ShouldBeOfType<AccountChange.Refused>().Reason.ShouldContain("one-time password has ended");
    }

    [Fact]
    public async Task A_new_role_counts_from_the_next_request_of_an_open_session()
    {
        await using var app = await WebApp.Start();
        var browser = await app.SignedInAs(Roles.Merchandiser);
        var account = await app.AccountOf(Roles.Merchandiser);

        await app.Get<ChangeRole>().Change(account.Id, Roles.Viewer, CancellationToken.None);

        using var answer = await browser.GetAsync("/products");
        answer.Headers.Location!.ToString().ShouldContain("/sign-in?returnUrl=%2Fproducts");
        (await browser.GetAsync("/sign-in")).StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
    }
}
