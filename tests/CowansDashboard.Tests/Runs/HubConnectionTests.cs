using System.Runtime.CompilerServices;
using CowansDashboard.Accounts;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Tests.Support;
using CowansDashboard.Web.Runs;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Tests.Runs;

[Trait("Category", "Integration")]
public sealed class HubConnectionTests(WebApp app) : IClassFixture<WebApp>
{
    [Fact]
    public async Task Closing_an_account_closes_its_open_connections_and_nobody_elses()
    {
        var (closed, open) = (await Connected("closed@test.example"), await Connected("open@test.example"));
        var accounts = app.Get<ProgressAccounts>();
        await accounts.Check(CancellationToken.None);
        closed.Connection.ConnectionAborted.IsCancellationRequested.ShouldBeFalse();

        await app.Get<DisableAccount>().Disable(closed.Account.Id, CancellationToken.None);
        await accounts.Check(CancellationToken.None);

        closed.Connection.ConnectionAborted.IsCancellationRequested.ShouldBeTrue();
        open.Connection.ConnectionAborted.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task A_watch_right_after_its_end_begins_anew_while_the_old_one_still_unwinds()
    {
        var watches = app.Get<ProgressWatches>();
        using var connection = new OpenConnection();
        var (first, second, unwound) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());

        await watches.Begin(connection, "run 1", cancel => Until(first, unwound.Task, cancel));
        await first.Task;
        await watches.End(connection, "run 1");
        await watches.Begin(connection, "run 1", cancel => Until(second, Task.CompletedTask, cancel));

        await second.Task.WaitAsync(TimeSpan.FromSeconds(120));
        unwound.SetResult();
        await watches.EndAll(connection);
    }

    [Fact]
    public async Task A_watch_that_fails_closes_its_connection_so_that_the_client_comes_again()
    {
        using var connection = new OpenConnection();

        await app.Get<ProgressWatches>().Begin(connection, "run 1", _ => Failing());

        connection.ConnectionAborted.IsCancellationRequested.ShouldBeTrue();
    }

    private async Task<(Account Account, OpenConnection Connection)> Connected(string email)
    {
        var account = await app.NewAccount(email, Roles.Viewer);
        await using var scope = app.Services.CreateAsyncScope();
        var connection = new OpenConnection(await scope.ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<Account>>().CreateAsync(account));
        app.Get<ProgressAccounts>().Add(connection);
        return (account, connection);
    }

    private static async IAsyncEnumerable<RunSnapshot> Until(TaskCompletionSource begun, Task unwound, [EnumeratorCancellation] CancellationToken cancel)
    {
        begun.SetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, cancel);
        }
        finally
        {
            await unwound;
        }
        yield break;
    }

    private static async IAsyncEnumerable<RunSnapshot> Failing()
    {
        await Task.CompletedTask;
        if (Environment.ProcessId > 0)
            throw new InvalidOperationException("The row cannot be read.");
        yield break;
    }
}
