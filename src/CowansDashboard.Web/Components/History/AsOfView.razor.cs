using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.History;

/// <summary>What is different now from what was at a moment, and the way back for chosen fields: the same for products and collections.</summary>
public sealed partial class AsOfView(
    Toasts toasts, TimeProvider clock, NavigationManager navigation, AuthenticationStateProvider authentication, IAuthorizationService authorization) : IDisposable
{
    private readonly CancellationTokenSource gone = new();
    private readonly HashSet<ChosenField> chosen = [];
    private EventCallback<AsOfDifference> toggle;
    private DateTime typed;
    private string? problem;
    private bool mayRestore, previewing, busy;
    private (string Path, DateTimeOffset? At)? shown;

    [Parameter, EditorRequired] public AsOf Then { get; set; } = default!;

    /// <summary>The moment that somebody chose; null before.</summary>
    [Parameter] public DateTimeOffset? ChosenAt { get; set; }

    [Parameter, EditorRequired] public ShellStore Store { get; set; } = default!;

    /// <summary>The page of what it is.</summary>
    [Parameter, EditorRequired] public string Path { get; set; } = "";

    /// <summary>product or collection.</summary>
    [Parameter, EditorRequired] public string Noun { get; set; } = "";

    /// <summary>What is wrong with the address.</summary>
    [Parameter] public string? Wrong { get; set; }

    [Parameter] public Func<AsOfDifference, JsonNode?, string?>? Said { get; set; }

    /// <summary>All that it was.</summary>
    [Parameter] public RenderFragment? Whole { get; set; }

    [Parameter, EditorRequired] public Func<ChangeSetHead, DateTimeOffset, IReadOnlyCollection<ChosenField>, CancellationToken, Task<SaveOutcome?>> Restore { get; set; } = default!;

    [Parameter] public EventCallback OnReread { get; set; }

    private DateTimeOffset Now => clock.GetUtcNow();

    private List<AsOfDifference> Returnable => [.. Then.Differences.Where(one => one.CanReturn)];

    private List<AsOfDifference> Chosen => [.. Returnable.Where(one => chosen.Contains(AsOfTable.Key(one)))];

    protected override async Task OnInitializedAsync()
    {
        mayRestore = (await authorization.AuthorizeAsync((await authentication.GetAuthenticationStateAsync()).User, Policies.Merchandiser)).Succeeded;
        if (mayRestore)
            toggle = EventCallback.Factory.Create<AsOfDifference>(this, Toggle);
    }

    protected override void OnParametersSet()
    {
        if (shown != (Path, ChosenAt))
        {
            shown = (Path, ChosenAt);
            (problem, previewing) = (null, false);
            chosen.Clear();
            typed = TimeZoneInfo.ConvertTime(ChosenAt ?? Now.AddDays(-1), Store.TimeZone).DateTime;
        }
        chosen.IntersectWith(Returnable.Select(AsOfTable.Key));
    }

    private void Show()
    {
        // A shop's clocks are changed at whole minutes.
        var at = ShopMoment.Start(typed, Store.TimeZone).At.AddSeconds(typed.Second);
        if (at > Now)
            problem = "That moment is still to come.";
        else
            navigation.NavigateTo(AsOfPath.Of(Path, at));
    }

    private void Toggle(AsOfDifference one)
    {
        if (!chosen.Remove(AsOfTable.Key(one)))
            chosen.Add(AsOfTable.Key(one));
    }

    private void ToggleAll()
    {
        if (Chosen.Count == Returnable.Count)
            chosen.Clear();
        else
            chosen.UnionWith(Returnable.Select(AsOfTable.Key));
    }

    private async Task Bring()
    {
        (busy, problem) = (true, null);
        try
        {
            var person = (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
            var head = new ChangeSetHead(Store.Id, ChangeSetKind.Restore, $"As it was on {When.Clock(ChosenAt!.Value, Now, Store.TimeZone)}", null, person.Id, person.Name);
            switch (await Restore(head, ChosenAt.Value, chosen, gone.Token))
            {
                case SaveOutcome.Saved { ChangeSetId: > 0 } saved:
                    toasts.Say($"Brought back: {Figure.Count(saved.Fields, "field")}");
                    navigation.NavigateTo(Path);
                    break;
                case SaveOutcome.Saved:
                    await Again("Everything chosen was so already.");
                    break;
                case SaveOutcome.Stale:
                    await Again("Somebody changed a chosen field in this moment. Look again.");
                    break;
                case SaveOutcome.Refused refused:
                    await Again(string.Join(" ", refused.Problems.Select(each => each.Sentence).Distinct().Take(3)));
                    break;
                default:
                    await OnReread.InvokeAsync();
                    break;
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The page was left; what was begun is done or not done at all.
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            problem = $"The copy did not answer, so nothing was brought back: {away.Message}";
        }
        busy = false;
    }

    private Task Again(string why)
    {
        (problem, previewing) = (why, false);
        return OnReread.InvokeAsync();
    }

    private string Typed(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Store.TimeZone).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);

    private static JsonNode? ThenOf(AsOfDifference one) => one.Then;

    private static JsonNode? NowOf(AsOfDifference one) => one.Now;

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
    }
}
