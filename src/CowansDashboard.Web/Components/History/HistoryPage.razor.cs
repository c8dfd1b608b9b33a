using System.Data.Common;
using CowansDashboard.History;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.History;

/// <summary>The history of the shop: who changed what, when and why, and the way back. Filters and the chosen change set are in the address.</summary>
public sealed partial class HistoryPage(
    ReadTimeline timeline, TimeProvider clock, NavigationManager navigation, AuthenticationStateProvider authentication, IAuthorizationService authorization) : IDisposable
{
    private readonly CancellationTokenSource gone = new();
    private readonly Dictionary<string, string> people = [];
    private List<TimelineEntry>? entries;
    private long? nextBefore;
    private string? failure;
    private bool mayUndo;
    private (long Store, HistoryState Filter)? read;
    private string? fieldNow, kindNow, byNow;

    [SupplyParameterFromQuery] public string? Field { get; set; }
    [SupplyParameterFromQuery] public string? By { get; set; }
    [SupplyParameterFromQuery] public string? Kind { get; set; }
    [SupplyParameterFromQuery] public long? Run { get; set; }
    [SupplyParameterFromQuery] public long? Set { get; set; }
    [SupplyParameterFromQuery(Name = "undo")] public string? Undoing { get; set; }
    [CascadingParameter] public ShellStore? Store { get; set; }

    private TimeProvider Clock => clock;

    private HistoryState State => new() { Field = Field, By = By, Kind = Kind, Run = Run, Set = Set, Undoing = Undoing == "yes" };

    private static IEnumerable<(string Name, string Label)> Fields =>
        CatalogueFields.All.Where(each => !each.LocalOnly).Select(each => (each.Name, each.Label)).DistinctBy(each => each.Name).OrderBy(each => each.Label, StringComparer.CurrentCulture);

    private IEnumerable<(string Id, string Name)> People =>
        people.Select(each => (each.Key, each.Value)).Concat(By is { } by && !people.ContainsKey(by) ? [(by, $"Person {by}")] : []).OrderBy(each => each.Item2, StringComparer.CurrentCulture);

    private IEnumerable<(string Title, IReadOnlyList<TimelineEntry> Entries)> ByDay =>
        from entry in entries ?? []
        group entry by TimeZoneInfo.ConvertTime(entry.Set.At, Store!.TimeZone).Date into day
        select (Day(day.Key), (IReadOnlyList<TimelineEntry>)[.. day]);

    protected override async Task OnInitializedAsync() =>
        mayUndo = (await authorization.AuthorizeAsync((await authentication.GetAuthenticationStateAsync()).User, Policies.Merchandiser)).Succeeded;

    protected override async Task OnParametersSetAsync()
    {
        (fieldNow, kindNow, byNow) = (Field ?? "", Kind ?? "", By ?? "");
        if (Store is null || read == (Store.Id, State with { Set = null, Undoing = false }))
            return;
        read = (Store.Id, State with { Set = null, Undoing = false });
        entries = null;
        await Load();
    }

    private async Task Load()
    {
        if (await Page(null) is { } page)
            (entries, nextBefore) = ([.. page.Entries], page.NextBefore);
    }

    private async Task More()
    {
        if (await Page(nextBefore) is not { } page)
            return;
        entries!.AddRange(page.Entries);
        nextBefore = page.NextBefore;
    }

    private async Task<Timeline?> Page(long? before)
    {
        try
        {
            failure = null;
            var page = await timeline.Read(new TimelineQuery(Store!.Id) { Field = Field, ById = By, Kind = Kind, RunId = Run, Before = before }, gone.Token);
            foreach (var set in page.Entries.Select(entry => entry.Set))
                if (set.ById is { } id)
                    people[id] = set.ByName;
            return page;
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = away.Message;
            return null;
        }
    }

    private async Task Undone(long undo)
    {
        await Load();
        Go(State with { Set = undo, Undoing = false });
    }

    private void Go(HistoryState state) => navigation.NavigateTo(state.ToUrl());

    private string Day(DateTime day)
    {
        var today = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), Store!.TimeZone).Date;
        var name = day.ToString(day.Year == today.Year ? "dddd d MMMM" : "d MMMM yyyy", System.Globalization.CultureInfo.GetCultureInfo("en-GB"));
        return day == today ? "Today, " + name : day == today.AddDays(-1) ? "Yesterday, " + name : name;
    }

    private static string Line(TimelineEntry entry)
    {
        var set = entry.Set;
        var size = set.Products > 1 ? $"{Figure.Count(set.Fields, "value")} in {Figure.Count(set.Products, "product")}" : Figure.Count(set.Fields, "value");
        return set.Kind == ChangeSetKind.Remote ? size : $"{set.ByName}, {HistoryWords.Kind(set.Kind).ToLowerInvariant()}, {size}";
    }

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
    }
}
