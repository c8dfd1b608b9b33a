using System.Data.Common;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;
using CowansDashboard.History.Layers;
using CowansDashboard.Schedules;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Products.Editing;
using CowansDashboard.Web.Components.Schedules;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.Collections.Editing;

/// <summary>
/// What is typed can begin by itself at a time instead of now. And fields that a schedule holds while they are edited: whether
/// the change stays after its end is the person's choice.
/// </summary>
public sealed partial class CollectionEditor
{
    private IReadOnlyList<FieldLayer> layers = [], planned = [];
    private ScheduleProblem? wrongTime;
    private string? notScheduled;
    private bool untilEnd, scheduling, toTimes;
    private ElementReference times;

    [Inject] private ReadLayers Layers { get; set; } = default!;

    [Inject] private ScheduleCollection ScheduleTyped { get; set; } = default!;

    /// <summary>What is typed and can wait for a time: all but sources that come or go.</summary>
    private List<TypedField> CanWait => [.. edits.Typed.Where(typed => typed.Key is { Entity: CatalogueFields.CollectionPublication } || typed.Key.Id > 0 && ScheduleCollection.CanWait(typed.Key.Entity, typed.Key.Field))];

    /// <summary>Schedules of this collection that have not begun, the next first.</summary>
    private List<FieldLayer> Planned => [.. planned.DistinctBy(layer => layer.ScheduleId).OrderBy(layer => layer.StartsAt)];

    /// <summary>Schedules on top of what is typed, whose values still show.</summary>
    private List<FieldLayer> Held => layers.Count == 0 || edits.Count == 0 ? []
        : [.. layers.Where(layer => edits.IsTyped(Key(layer)) && CatalogueFields.Find(layer.Entity, layer.Field)?.Same(edits.Copy.Now(Key(layer)), layer.Value) == true)];

    private bool OnlyUntilEnd => untilEnd && Held.Count > 0;

    private async Task ReadSchedules()
    {
        try
        {
            var all = await Layers.OfCollection(Store.Id, Collection.Row.Id, Gone);
            layers = [.. all.Where(layer => layer is { IsActive: true, Element.Length: 0 }).DistinctBy(Key)];
            planned = [.. all.Where(layer => !layer.IsActive)];
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            Failure = "Which schedules hold this collection could not be read. Load the page again.";
        }
    }

    private void ChooseTimes() => (scheduling, toTimes, wrongTime, notScheduled) = (!scheduling, !scheduling, null, null);

    // The times stand above what is typed, often out of sight.
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!toTimes || !scheduling || edits.Count == 0)
            return;
        toTimes = false;
        await times.FocusAsync();
    }

    private async Task Schedule(ScheduleTimes wanted)
    {
        (wrongTime, notScheduled) = (null, null);
        if (edits.Wrong > 0 || edits.Offers.Count > 0)
        {
            notScheduled = "Not scheduled: repair or choose first what is marked below.";
            return;
        }
        if (edits.Unfinished.Values.Sum() > 0)
        {
            notScheduled = "Not scheduled: finish or remove the conditions first that have no value.";
            return;
        }
        var sent = CanWait;
        IsSaving = true;
        try
        {
            var person = (await Authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
            switch (await ScheduleTyped.Schedule(Store.Id, Collection.Row.Id, Title(sent), edits.Wanted(sent), wanted, new BulkConsent(), person, Gone))
            {
                case ScheduleOutcome.Scheduled scheduled:
                    scheduling = false;
                    edits.Saved(sent, edits.Copy);
                    Arrange();
                    await Draft.Flush();
                    await ReadSchedules();
                    Toasts.Say("Scheduled", "Show", () =>
                    {
                        Navigation.NavigateTo(SchedulesState.Url(scheduled.ScheduleId));
                        return Task.CompletedTask;
                    });
                    break;
                case ScheduleOutcome.Asks asks:
                    notScheduled = string.Join(" ", asks.Warnings);
                    break;
                case ScheduleOutcome.Wrong bad:
                    wrongTime = bad.Problem;
                    break;
                case ScheduleOutcome.Refused refused:
                    notScheduled = refused.Sentence;
                    break;
            }
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            notScheduled = "The copy did not answer. Nothing was scheduled, and what you typed is kept: try again.";
        }
        finally
        {
            IsSaving = false;
        }
    }

    private string Title(List<TypedField> sent) => $"{Collection.Row.Title}, {Labels(sent)}";

    private static FieldKey Key(FieldLayer layer) => new(layer.Entity, layer.EntityId, layer.Field);
}
