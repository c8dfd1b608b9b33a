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

/// <summary>A product as it was at a moment: what is different now, and the way back for chosen fields. The moment is in the address.</summary>
public sealed partial class ProductAsOfPage(
    ReadProductAsOf read, RestoreFields restore, Toasts toasts, TimeProvider clock, NavigationManager navigation,
    AuthenticationStateProvider authentication, IAuthorizationService authorization) : IDisposable
{
    private readonly CancellationTokenSource gone = new();
    private readonly HashSet<ChosenField> chosen = [];
    private EventCallback<AsOfDifference> toggle;
    private ProductAsOf? then;
    private DateTimeOffset? chosenAt;
    private DateTime typed;
    private string? failure, problem;
    private bool loaded, mayRestore, previewing, busy;
    private (long Store, long Product, string? At)? shown;

    [Parameter] public long Id { get; set; }
    [SupplyParameterFromQuery] public string? At { get; set; }
    [CascadingParameter] public ShellStore? Store { get; set; }

    private DateTimeOffset Now => clock.GetUtcNow();

    private string? Title => then is null ? null
        : HistoryWords.Value("title", then.Differences.FirstOrDefault(one => one is { Entity: CatalogueFields.Product, Field: "title" })?.Now ?? then.Then["title"]);

    private List<AsOfDifference> Returnable => [.. (then?.Differences ?? []).Where(one => one.CanReturn)];

    private List<AsOfDifference> Chosen => [.. Returnable.Where(one => chosen.Contains(AsOfTable.Key(one)))];

    public static string Address(long product, DateTimeOffset at) =>
        $"/products/{product.ToString(CultureInfo.InvariantCulture)}/as-of?at={Uri.EscapeDataString(at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture))}";

    /// <summary>The product as it was just before a change of this moment.</summary>
    public static string Before(long product, DateTimeOffset change) => Address(product, change.AddMicroseconds(-1));

    protected override async Task OnInitializedAsync()
    {
        mayRestore = (await authorization.AuthorizeAsync((await authentication.GetAuthenticationStateAsync()).User, Policies.Merchandiser)).Succeeded;
        if (mayRestore)
            toggle = EventCallback.Factory.Create<AsOfDifference>(this, Toggle);
    }

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || shown == (Store.Id, Id, At))
            return;
        shown = (Store.Id, Id, At);
        (problem, previewing) = (null, false);
        chosen.Clear();
        chosenAt = Moment(At);
        if (At is { Length: > 0 } && chosenAt is null)
            problem = "The address names no moment that has been.";
        typed = TimeZoneInfo.ConvertTime(chosenAt ?? Now.AddDays(-1), Store.TimeZone).DateTime;
        await Load();
    }

    private DateTimeOffset? Moment(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && at <= Now ? at : null;

    private async Task Load()
    {
        try
        {
            then = await read.Read(Store!.Id, Id, chosenAt ?? Now, gone.Token);
            chosen.IntersectWith(Returnable.Select(AsOfTable.Key));
            (failure, loaded) = (null, true);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = away.Message;
        }
    }

    private void Show()
    {
        // A shop's clocks are changed at whole minutes.
        var at = ShopMoment.Start(typed, Store!.TimeZone).At.AddSeconds(typed.Second);
        if (at > Now)
            problem = "That moment is still to come.";
        else
            navigation.NavigateTo(Address(Id, at));
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

    private async Task Restore()
    {
        (busy, problem) = (true, null);
        try
        {
            var person = (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
            var head = new ChangeSetHead(Store!.Id, ChangeSetKind.Restore, $"As it was on {When.Clock(chosenAt!.Value, Now, Store.TimeZone)}", null, person.Id, person.Name);
            switch (await restore.Restore(head, Id, chosenAt.Value, chosen, gone.Token))
            {
                case SaveOutcome.Saved { ChangeSetId: > 0 } saved:
                    toasts.Say($"Brought back: {Figure.Count(saved.Fields, "field")}");
                    navigation.NavigateTo($"/products/{Id.ToString(CultureInfo.InvariantCulture)}");
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
                    await Load();
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
        return Load();
    }

    private static string Typed(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);

    private string Typed(DateTimeOffset at) => Typed(at, Store!.TimeZone);

    private static JsonNode? ThenOf(AsOfDifference one) => one.Then;

    private static JsonNode? NowOf(AsOfDifference one) => one.Now;

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
    }
}
