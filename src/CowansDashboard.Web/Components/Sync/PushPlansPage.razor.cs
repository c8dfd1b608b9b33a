using CowansDashboard.Insights;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Sync.Push;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Sync;

/// <summary>Lists the plans of a shop and makes new ones.</summary>
public sealed partial class PushPlansPage(ReadPushPlan read, PreparePush prepare, CountPendingProducts countPending, CountWaitingCollections countCollections, RunFeed feed, NavigationManager navigation) : LiveComponent
{
    const int MostPlans = 50;

    readonly LiveRuns live = new();
    IReadOnlyList<PushPlanRow>? plans;
    string? wrong;
    bool busy;
    long? waiting;
    long waitingCollections;
    long followed;

    [CascadingParameter] public ShellStore? Store { get; set; }

    [CascadingParameter] public Task<AuthenticationState> SignedIn { get; set; } = default!;

    string Context => waiting switch
    {
        null => "What was edited here goes to Shopify by a plan: looked at first, sent when you say so.",
        0 when waitingCollections == 0 => "Nothing waits: what is edited here goes to Shopify by a plan, looked at first, sent when you say so.",
        { } products => $"{PushWords.Carry(products, waitingCollections)} that Shopify does not have. A plan shows what would be sent; it goes when you say so.",
    };

    RunStatus? StatusOf(PushPlanRow plan) => plan.RunId is { } id ? live.All.FirstOrDefault(run => run.Id == id)?.Status ?? RunStatus.Succeeded : null;

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || followed == Store.Id)
        {
            return;
        }
        (followed, plans, waiting) = (Store.Id, null, null);
        live.Clear();
        var store = Store.Id;
        await ReadAgainAsync();
        Follow(feed.WatchStore(store, Gone), snapshot =>
        {
            if (store != followed || snapshot.Kind != "push")
            {
                return;
            }
            live.Take(snapshot);
            if (snapshot.Status.IsFinished())
            {
                MarkAged();
            }
        });
    }

    async Task Plan()
    {
        (busy, wrong) = (true, null);
        try
        {
            switch (await prepare.Prepare(new PushRequest(Store!.Id, "Everything that waits", (await SignedIn).User.AsAskedBy()), Gone))
            {
                case PreparePushOutcome.Prepared prepared:
                    navigation.NavigateTo($"/sync/push/{prepared.PlanId}");
                    break;
                case PreparePushOutcome.NothingWaits nothing:
                    wrong = nothing.Sentence;
                    break;
            }
        }
        finally
        {
            busy = false;
        }
    }

    protected override async Task ReadAgainAsync()
    {
        waitingCollections = await countCollections.Count(followed, Gone);
        waiting = await countPending.Count(followed, Gone);
        plans = await read.List(followed, MostPlans, Gone);
    }
}
