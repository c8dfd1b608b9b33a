using System.Data.Common;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Sheets;
using CowansDashboard.Collections;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Sync.Push;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Sync;

/// <summary>One plan: what would be sent, what it costs and why it goes that way; then how far it is and what became of each row.</summary>
public sealed partial class PushPlanPage(
    ReadPushPlan read, AlterPush alter, ApprovePush approve, StartPush start, RetryFailedItems retry, RehearsePush rehearse, RunFeed feed, FindRun find,
    NameReferences name, NameCategories nameCategories, ReadCollection readCollection, ForeseeMembers foresee) : LiveComponent
{
    const int PageSize = 100;
    const string Category = "category_id";

    // Each is a question over all products; beyond these the collection's own page tells it.
    const int MostForeseen = 20;

    readonly Dictionary<long, ForeseenMembers> foreseen = [];
    ReferenceNames names = ReferenceNames.None;
    Dictionary<string, string> categories = [];
    object? named;

    PushPlanRow? plan;
    IReadOnlyList<PushItemRow>? items;
    RunSnapshot? run;
    string? wrong;
    string? rehearsed;
    string? person;
    bool missing;
    bool busy;
    (long Store, long Id, string? Show, PushPlace? Place)? shown;
    long followed, looked;

    [Parameter] public long Id { get; set; }

    [SupplyParameterFromQuery(Name = "show")] public string? Show { get; set; }

    [SupplyParameterFromQuery(Name = "after")] public string? After { get; set; }

    [SupplyParameterFromQuery(Name = "before")] public string? Before { get; set; }

    [CascadingParameter] public ShellStore? Store { get; set; }

    [CascadingParameter] public Task<AuthenticationState> SignedIn { get; set; } = default!;

    [Inject] TimeProvider Clock { get; set; } = default!;

    PushPlace? Place => PushPlace.Read(After, isBefore: false) ?? PushPlace.Read(Before, isBefore: true);

    bool More => Place is { IsBefore: true } || items?.Count == PageSize;

    bool Less => Place is { IsBefore: false } || (Place is { IsBefore: true } && items?.Count == PageSize);

    string Currency => Store?.Currency ?? "";

    bool IsOwn => plan?.MadeById is { } maker && maker == person;

    bool MayAlter => plan is { RunId: null };

    int HeldBack => PushWords.Bad(plan!);

    int WillGo => plan!.Counts.GetValueOrDefault(PushStatus.Waiting);

    IReadOnlyList<Tabs.Tab> Choices =>
    [
        new("Everything", Url(null), Show is null, plan!.Counts.Values.Sum()),
        new("Held back", Url("held"), Show == "held", PushWords.Bad(plan)),
        new("Done", Url("done"), Show == "done", plan.Counts.GetValueOrDefault(PushStatus.Done)),
    ];

    IReadOnlyCollection<PushStatus>? Only => Show switch
    {
        "held" => [PushStatus.Refused, PushStatus.Failed, PushStatus.Conflict],
        "done" => [PushStatus.Done],
        _ => null,
    };

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || shown == (Store.Id, Id, Show, Place))
        {
            return;
        }
        shown = (Store.Id, Id, Show, Place);
        await Read();
    }

    protected override Task BeforeRefreshAsync() => run is null || plan is null ? Task.CompletedTask : Reload();

    async Task Read()
    {
        person ??= (await SignedIn).User.AsAskedBy().Id;
        await Reload();
        if (plan is null)
        {
            missing = true;
        }
        else if (plan.RunId is { } id && id != followed)
        {
            followed = id;
            run = (await find.Find(id, Gone))?.Now;
            Follow(feed.Watch(id, Gone), snapshot =>
            {
                if (id == followed)
                {
                    run = snapshot;
                }
            });
        }
        Refresh();
    }

    async Task Reload()
    {
        // Rows and hash belong together: where two ticks cross, only what was asked last is shown.
        var (store, id, asked) = (Store!.Id, Id, ++looked);
        var found = await read.Find(store, id, Gone);
        var rows = found is null ? null : await read.Items(id, Only, Place, PageSize, Gone);
        if (asked != looked)
        {
            return;
        }
        (plan, items) = (found, rows);
        await Explain();
    }

    // What conditions refer to by name; and who would enter and leave, as long as nothing is sent.
    async Task Explain()
    {
        var rows = items ?? [];
        string[] ids = [.. rows.SelectMany(item => item.Fields).Where(field => field.Key == Category).SelectMany(field => new[] { field.Value?["base"]?.ToString(), field.Value?["new"]?.ToString() }).OfType<string>().Distinct()];
        categories = (await nameCategories.Name(ids, Gone)).ToDictionary(one => one.Id, one => one.FullName);
        var sources = CollectionItem.Sources(rows);
        if (sources.Count == 0)
        {
            return;
        }
        names = await name.Name(Store!.Id, sources, Gone);
        var asked = (Id, string.Join(' ', rows.Where(item => item.Entity == CatalogueFields.Source).Select(item => item.Id)));
        if (plan?.RunId is null && !asked.Equals(named))
        {
            named = asked;
            _ = InvokeAsync(() => Foresee([.. rows.Where(item => item is { Entity: CatalogueFields.Source, CollectionId: not null }).DistinctBy(item => item.CollectionId).Take(MostForeseen)]));
        }
    }

    // People choose a category by its name, and judge it by that.
    string Said(string field, JsonNode? value) => field == Category && value is not null && categories.TryGetValue(value.ToString(), out var called) ? called : PushWords.Value(field, value, Currency);

    async Task Foresee(IReadOnlyList<PushItemRow> rows)
    {
        try
        {
            foreach (var item in rows.Where(item => !foreseen.ContainsKey(item.Id)))
            {
                if (await readCollection.Read(Store!.Id, item.CollectionId!.Value, Gone) is not { } collection)
                {
                    continue;
                }
                CollectionSource[] says = [.. collection.Sources.Select(source => SourceReading.Read(source.Type, source.Definition))];
                var known = await name.Name(Store.Id, says, Gone);
                if (says.All(source => source.IsKnown) && says.SelectMany(source => source.Collections).All(known.Collections.ContainsKey))
                {
                    foreseen[item.Id] = await foresee.Foresee(Store.Id, collection.Row.Id, says, 0, 0, Gone);
                    StateHasChanged();
                }
            }
        }
        catch (Exception late) when (late is DbException or TimeoutException or OperationCanceledException)
        {
            // The plan stands without it; the collection's page tells who enters and leaves.
        }
    }

    Task Exclude(PushItemRow item) => Do(async _ => await alter.Exclude(Store!.Id, Id, [item.Id], !item.Excluded, Gone) ? null : "The plan has been applied meanwhile; nothing was changed.");

    Task Approve() => Do(async by => await approve.Approve(Store!.Id, Id, plan!.Hash, by, Gone) switch
    {
        ApprovePushOutcome.Altered => "The plan was altered after you looked at it. Look again.",
        ApprovePushOutcome.OwnPlan own => own.Sentence,
        _ => null,
    });

    Task Apply() => Do(async by => await start.Start(Store!.Id, Id, plan!.Hash, by, Gone) is StartPushOutcome.Refused refused ? refused.Sentence : null);

    Task Retry() => Do(async by => await retry.Retry(Store!.Id, Id, by, Gone) is StartPushOutcome.Refused refused ? refused.Sentence : null);

    Task DryRun() => Do(async _ =>
    {
        rehearsed = (await rehearse.Rehearse(Store!.Id, Id, Gone)).Sentence;
        return null;
    });

    async Task Do(Func<AskedBy, Task<string?>> work)
    {
        (busy, wrong, rehearsed) = (true, null, null);
        try
        {
            wrong = await work((await SignedIn).User.AsAskedBy());
            await Read();
        }
        finally
        {
            busy = false;
        }
    }

    double Share(double seconds) => seconds / Math.Max(plan!.Seconds, plan.OtherSeconds ?? 0);

    string Url(string? show, string? place = null)
    {
        string[] parts = [.. show is null ? Array.Empty<string>() : [$"show={show}"], .. place is null ? Array.Empty<string>() : [place]];
        return parts.Length == 0 ? $"/sync/push/{Id}" : $"/sync/push/{Id}?{string.Join('&', parts)}";
    }

    static string PlaceOf(PushItemRow item) => new PushPlace(item.ProductId, item.Id, false).Text;
}
