using CowansDashboard.Accounts;
using CowansDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Tests.Accounts;

[Trait("Category", "Integration")]
public sealed class FirstAdministratorTests
{
    [Fact]
    public async Task Without_settings_a_one_time_password_is_made_that_opens_only_its_own_change()
    {
        await using var app = await WebApp.Start(("Dashboard:AdminEmail", ""), ("Dashboard:AdminPassword", ""));
        await app.Database.Scalar<long>("with gone as (delete from accounts returning 1) select count(*) from gone");

        var first = await app.Get<CreateFirstAdministrator>().Create(CancellationToken.None);
        var check = await app.Get<CheckPassword>().Check(first!.Email, first.OneTimePassword, known: null, CancellationToken.None);

        first.Announcement.ShouldBe($"First administrator: {FirstAdministratorOptions.DefaultEmail}  one-time password: {first.OneTimePassword}");
        check.ShouldBeOfType<PasswordCheck.Right>().Account.OneTimeUntil.ShouldNotBeNull();
        app.Log.ShouldAllBe(line => !line.Contains(first.OneTimePassword));
    }

    [Fact]
    public async Task Nodes_that_start_together_make_one_administrator_and_print_one_password()
    {
        await using var app = await WebApp.Start(("Dashboard:AdminEmail", ""), ("Dashboard:AdminPassword", ""));
        await app.Database.Scalar<long>("with gone as (delete from accounts returning 1) select count(*) from gone");

        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => app.Get<CreateFirstAdministrator>().Create(CancellationToken.None)));

        made.Count(first => first is not null).ShouldBe(1);
        (await app.Database.Scalar<long>("select count(*) from accounts")).ShouldBe(1);
    }

    [Fact]
    public async Task A_lost_first_password_is_replaced_by_a_later_start_but_a_chosen_one_never()
    {
        await using var app = await WebApp.Start(("Dashboard:AdminEmail", ""), ("Dashboard:AdminPassword", ""));
        await app.Database.Scalar<long>("update accounts set one_time_until = one_time_until - interval '1 hour' returning id");

        var again = await app.Get<CreateFirstAdministrator>().Create(CancellationToken.None);
        var account = ((PasswordCheck.Right)await app.Get<CheckPassword>().Check(again!.Email, again.OneTimePassword, known: null, CancellationToken.None)).Account;
        await app.Get<ChangePassword>().Change(account.Id, null, "chosen by myself 2026", CancellationToken.None);

        (await app.Get<CreateFirstAdministrator>().Create(CancellationToken.None)).ShouldBeNull();
        (await app.Get<CheckPassword>().Check(again.Email, "chosen by myself 2026", known: null, CancellationToken.None)).ShouldBeOfType<PasswordCheck.Right>();
    }

    [Fact]
    public async Task Settings_make_an_administrator_who_is_not_asked_for_another_password()
    {
        await using var app = await WebApp.Start();

        var check = await app.Get<CheckPassword>().Check(WebApp.AdminEmail, WebApp.Password, known: null, CancellationToken.None);

        check.ShouldBeOfType<PasswordCheck.Right>().Account.OneTimeUntil.ShouldBeNull();
    }
}
