using System.Data.Common;
using CowansDashboard.History;
using CowansDashboard.Web.Components.Layout;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.History;

/// <summary>A product as it was at a moment: what is different now, and the way back for chosen fields. The moment is in the address.</summary>
public sealed partial class ProductAsOfPage(ReadProductAsOf read, RestoreFields restore, TimeProvider clock) : IDisposable
{
    private const string NoMoment = "The address names no moment that has been.";

    private readonly CancellationTokenSource gone = new();
    private ProductAsOf? then;
    private DateTimeOffset? chosenAt;
    private string? failure, wrong;
    private bool loaded;
    private (long Store, long Id, string? At)? shown;

    [Parameter] public long Id { get; set; }
    [SupplyParameterFromQuery] public string? At { get; set; }
    [CascadingParameter] public ShellStore? Store { get; set; }

    private string? Title => then is null ? null
        : HistoryWords.Value("title", then.Differences.FirstOrDefault(one => one is { Entity: CatalogueFields.Product, Field: "title" })?.Now ?? then.Then["title"]);

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || shown == (Store.Id, Id, At))
            return;
        shown = (Store.Id, Id, At);
        chosenAt = AsOfPath.Moment(At, clock.GetUtcNow());
        wrong = At is { Length: > 0 } && chosenAt is null ? NoMoment : null;
        await Load();
    }

    private async Task Load()
    {
        try
        {
            then = await read.Read(Store!.Id, Id, chosenAt ?? clock.GetUtcNow(), gone.Token);
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

    private Task<SaveOutcome?> Restored(ChangeSetHead head, DateTimeOffset at, IReadOnlyCollection<ChosenField> chosen, CancellationToken cancel) => restore.Restore(head, Id, at, chosen, cancel);

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
    }
}
