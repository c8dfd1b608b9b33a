using System.Data.Common;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;
using CowansDashboard.History.Layers;
using CowansDashboard.Schedules;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Schedules;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>
/// What is typed can begin by itself at a time instead of now. And fields that a schedule holds while they are edited: whether
/// the change stays after its end is the person's choice.
/// </summary>
public sealed partial class ProductEditor
{
    private IReadOnlyList<FieldLayer> layers = [], planned = [];
    private ScheduleOutcome.Asks? asked;
    private ScheduleProblem? wrongTime;
    private string? notScheduled;
    private string zeros = "";
    private bool untilEnd, scheduling, agreed;

    [Inject] private ReadLayers Layers { get; set; } = default!;

    [Inject] private ScheduleFields ScheduleTyped { get; set; } = default!;

    /// <summary>What is typed and can wait for a time.</summary>
    private List<TypedField> CanWait => [.. edits.Typed.Where(typed => ScheduleFields.CanWait(typed.Key.Entity, typed.Key.Field))];

    /// <summary>Schedules of this product that have not begun, the next first.</summary>
    private List<FieldLayer> Planned => [.. planned.DistinctBy(layer => layer.ScheduleId).OrderBy(layer => layer.StartsAt)];

    /// <summary>Schedules on top of what is typed, whose values still show.</summary>
    private List<FieldLayer> Held => layers.Count == 0 || edits.Count == 0 ? []
        : [.. layers.Where(layer => edits.IsTyped(Key(layer)) && JsonValues.Same(edits.Copy.Now(Key(layer)), layer.Value))];

    private bool OnlyUntilEnd => untilEnd && Held.Count > 0;

    private async Task ReadSchedules()
    {
        var all = await Layers.OfProduct(Store.Id, Product.Id, Gone);
        layers = [.. all.Where(layer => layer is { IsActive: true, Element.Length: 0 }).DistinctBy(Key)];
        planned = [.. all.Where(layer => !layer.IsActive)];
    }

    private void ChooseTimes() => (scheduling, asked, wrongTime, notScheduled, agreed, zeros) = (!scheduling, null, null, null, false, "");

    private async Task Schedule(ScheduleTimes times)
    {
        (wrongTime, notScheduled) = (null, null);
        if (edits.Wrong > 0 || edits.Offers.Count > 0)
        {
            notScheduled = "Not scheduled: repair or choose first what is marked below.";
            return;
        }
        var sent = CanWait;
        IsSaving = true;
        try
        {
            var person = (await Authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
            var consent = new BulkConsent { ToWarnings = agreed, Zeros = BulkWords.Whole(zeros) };
            var fields = sent.Select(field => new FieldEdit(field.Key.Entity, field.Key.Id, field.Key.Field, field.Seen?.DeepClone(), field.New?.DeepClone())).ToList();
            switch (await ScheduleTyped.Schedule(Store.Id, Product.Id, Title(sent), fields, times, consent, person, Gone))
            {
                case ScheduleOutcome.Scheduled scheduled:
                    (scheduling, asked) = (false, null);
                    edits.Saved(sent, edits.Product);
                    await Draft.Flush();
                    await ReadSchedules();
                    Toasts.Say("Scheduled", "Show", () =>
                    {
                        Navigation.NavigateTo(SchedulesState.Url(scheduled.ScheduleId));
                        return Task.CompletedTask;
                    });
                    break;
                case ScheduleOutcome.Asks asks:
                    asked = asks;
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

    private static FieldKey Key(FieldLayer layer) => new(layer.Entity, layer.EntityId, layer.Field);
}
