using System.Data.Common;
using CowansDashboard.History;
using CowansDashboard.History.Layers;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Products.Editing;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.History;

/// <summary>The history of one product beside its page, or of one field with where its value comes from.</summary>
public sealed partial class ProductHistory(ReadTimeline timeline, ExplainValue explainValue, ReadLayers readLayers, TimeProvider clock) : IDisposable
{
    private const int Most = 8;

    private readonly CancellationTokenSource gone = new();
    private List<TimelineEntry>? entries;
    private ValueExplanation? explanation;
    private IReadOnlyList<FieldLayer> layers = [];
    private EventCallback<SaidChange> undoOne;
    private long? nextBefore;
    private string field = "";
    private string? failure;
    private (long Product, int Version, FieldKey? Explained)? read;

    [Parameter, EditorRequired] public ShellStore Store { get; set; } = default!;
    [Parameter, EditorRequired] public ProductValues Copy { get; set; } = default!;
    [Parameter] public FieldKey? Explained { get; set; }
    [Parameter] public bool MayUndo { get; set; }
    [Parameter] public EventCallback<UndoScope> OnUndo { get; set; }
    [Parameter] public EventCallback OnAll { get; set; }
    [Parameter] public EventCallback OnClose { get; set; }

    private TimeProvider Clock => clock;

    private string Heading => Explained is { } key ? CatalogueFields.LabelOf(key.Entity, key.Field) : "History";

    private static IEnumerable<(string Name, string Label)> Fields =>
        CatalogueFields.All.Where(each => !each.LocalOnly && each.Entity is not (CatalogueFields.Collection or CatalogueFields.Source)).Select(each => (each.Name, each.Label)).DistinctBy(each => each.Name).OrderBy(each => each.Label, StringComparer.CurrentCulture);

    private IReadOnlyList<(TimelineEntry Entry, IReadOnlyList<SaidChange> Said)> Shown =>
    [
        .. from entry in entries ?? []
           let lines = Explained is { } key ? entry.Lines.Where(line => line.Entity == key.Entity && line.EntityId == key.Id) : entry.Lines
           let said = HistoryWords.Said(lines, Store.Currency)
           where said.Count > 0
           select (entry, said),
    ];

    protected override async Task OnParametersSetAsync()
    {
        undoOne = MayUndo ? EventCallback.Factory.Create<SaidChange>(this, (SaidChange change) => TakeBack(change.Lines)) : default;
        var wanted = (Copy.Product.Id, Copy.Product.Version, Explained);
        if (read == wanted)
            return;
        if (read?.Explained != Explained)
            (entries, explanation, layers) = (null, null, []);
        read = wanted;
        await Load();
    }

    private async Task Load()
    {
        await ExplainField();
        if (await Page(null) is { } page)
            (entries, nextBefore) = ([.. page.Entries], page.NextBefore);
    }

    // Asked of the field itself, however many rows were changed together with it.
    private async Task ExplainField()
    {
        if (Explained is not { } key)
            return;
        try
        {
            explanation = await explainValue.Explain(Store.Id, key.Entity, key.Id, key.Field, gone.Token);
            layers = [.. (await readLayers.OfProduct(Store.Id, Copy.Product.Id, gone.Token)).Where(layer => layer.Entity == key.Entity && layer.EntityId == key.Id && layer.Field == key.Field)];
        }
        catch (Exception away) when (away is DbException or TimeoutException or OperationCanceledException)
        {
            // The list below says that the copy did not answer.
        }
    }

    private async Task More()
    {
        if (await Page(nextBefore) is not { } page)
            return;
        entries!.AddRange(page.Entries);
        nextBefore = page.NextBefore;
    }

    private async Task Filter(string? chosen)
    {
        field = chosen ?? "";
        await Load();
    }

    private async Task<Timeline?> Page(long? before)
    {
        try
        {
            failure = null;
            return await timeline.Read(new TimelineQuery(Store.Id)
            {
                ProductId = Copy.Product.Id,
                Field = Explained?.Field ?? (field.Length > 0 ? field : null),
                Before = before,
                Take = 30,
            }, gone.Token);
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

    // Only what belongs to this product: a bulk action as a whole is undone in the shop's history.
    private Task TakeBack(IEnumerable<ChangeLine> lines)
    {
        List<ChangeLine> open = [.. lines.Where(line => line.UndoneBy is null)];
        return open.Count == 0 ? Task.CompletedTask : OnUndo.InvokeAsync(new UndoScope(Store.Id, open[0].ChangeSetId) { Changes = [.. open.Select(line => line.Id)] });
    }

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
    }
}
