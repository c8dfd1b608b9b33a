using CowansDashboard.Runs.Progress;
using CowansDashboard.Sync.Pull;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Sync;

/// <summary>The three ways to pull.</summary>
public sealed partial class StartPullCard(StartPull start, NavigationManager navigation)
{
    bool busy;
    string ids = "";
    string? wrong;

    [Parameter, EditorRequired] public long StoreId { get; set; }

    /// <summary>The pull that is unfinished now, if any.</summary>
    [Parameter] public RunSnapshot? Active { get; set; }

    [Parameter] public bool EverPulled { get; set; }

    [CascadingParameter] public Task<AuthenticationState> SignedIn { get; set; } = default!;

    Task Start(PullScope scope) => Start(scope, []);

    async Task StartSelection()
    {
        var read = SelectedIds.Read(ids);
        wrong = read.Wrong;
        if (wrong is null)
        {
            await Start(PullScope.Selection, read.Ids);
        }
    }

    async Task Start(PullScope scope, IReadOnlyList<long> selected)
    {
        (busy, wrong) = (true, null);
        try
        {
            var request = new PullRequest(StoreId, scope, (await SignedIn).User.AsAskedBy()) { ShopifyIds = selected };
            switch (await start.Start(request, CancellationToken.None))
            {
                case StartPullOutcome.Started started:
                    navigation.NavigateTo($"/sync/runs/{started.RunId}");
                    break;
                case StartPullOutcome.AlreadyActive active:
                    wrong = active.Sentence;
                    break;
                case StartPullOutcome.Wrong refused:
                    wrong = refused.Sentence;
                    break;
            }
        }
        finally
        {
            busy = false;
        }
    }
}
