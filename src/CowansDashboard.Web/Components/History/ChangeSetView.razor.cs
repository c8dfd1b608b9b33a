using System.Data.Common;
using CowansDashboard.Catalog.Categories;
using CowansDashboard.Conflicts;
using CowansDashboard.History;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.History;

/// <summary>One change set: what it changed, and what undoing it would bring back.</summary>
public sealed partial class ChangeSetView(
    ReadChangeSet read, PreviewUndo previewUndo, UndoDecisions undo, UndoCategories undoCategories, Toasts toasts, TimeProvider clock, AuthenticationStateProvider authentication) : IDisposable
{
    private const int LinesAtOnce = 100;
    private const int PreviewLines = 200;

    private readonly CancellationTokenSource gone = new();
    private readonly List<ChangeLine> lines = [];
    private ChangeSetPage? shown;
    private UndoPreview? preview;
    private string only = "";
    private string? failure, problem;
    private bool loaded, busy, previewed;

    [Parameter, EditorRequired] public long Id { get; set; }
    [Parameter, EditorRequired] public ShellStore Store { get; set; } = default!;
    [Parameter, EditorRequired] public HistoryState State { get; set; } = default!;
    [Parameter] public bool MayUndo { get; set; }

    /// <summary>The undo's own change set.</summary>
    [Parameter] public EventCallback<long> OnUndone { get; set; }

    private TimeProvider Clock => clock;

    private IEnumerable<(string Name, string Label)> Fields => lines.Select(line => (line.Field, line.Label)).Distinct();

    private static string Named(ChangeLine line) => line.RowName is { } row ? $"{line.Label}, {row}" : line.Label;

    private IReadOnlyDictionary<long, string> Titles => lines.Where(line => line.ProductId is not null && line.ProductTitle is not null)
        .DistinctBy(line => line.ProductId).ToDictionary(line => line.ProductId!.Value, line => line.ProductTitle!);

    protected override async Task OnInitializedAsync() => await Load();

    protected override async Task OnParametersSetAsync()
    {
        if (Undoing && !previewed && loaded)
            await Preview();
        if (!State.Undoing && !OfCategories)
            (previewed, preview, problem) = (false, null, null);
    }

    private async Task Load()
    {
        await Ask(async () =>
        {
            shown = await read.Read(Store.Id, Id, null, 0, LinesAtOnce, gone.Token);
            lines.Clear();
            lines.AddRange(shown?.Lines ?? []);
            loaded = true;
        });
        if (Undoing && shown is not null)
            await Preview();
    }

    private Task More() => Ask(async () =>
    {
        shown = await read.Read(Store.Id, Id, null, shown!.NextAfter!.Value, LinesAtOnce, gone.Token);
        lines.AddRange(shown?.Lines ?? []);
    });

    private Task Only(string? field)
    {
        only = field ?? "";
        return Preview();
    }

    private Task Preview() => Ask(async () =>
    {
        (previewed, preview) = (true, null);
        preview = await previewUndo.Preview(Scope, PreviewLines, gone.Token);
    });

    // A tree is taken back act by act: what would return depends on what returned before it, and is said afterwards.
    private bool OfCategories => shown?.Set.Kind == ChangeSetKind.Category;

    private bool Undoing => State.Undoing && !OfCategories;

    private UndoScope Scope => new(Store.Id, Id) { Field = only.Length > 0 ? only : null };

    private async Task UndoIt()
    {
        (busy, problem) = (true, null);
        SaveOutcome? outcome = null;
        await Ask(async () =>
        {
            var person = (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
            outcome = await undo.Undo(Scope, person.Id, person.Name, null, gone.Token);
        });
        busy = false;
        switch (outcome)
        {
            case SaveOutcome.Saved { ChangeSetId: > 0 } saved:
                toasts.Say($"Taken back: {Figure.Count(saved.Fields, "field")}{(saved.LeftOut.Count > 0 ? $"; {Figure.Count(saved.LeftOut.Count)} changed later and stay" : "")}");
                await OnUndone.InvokeAsync(saved.ChangeSetId);
                break;
            case SaveOutcome.Saved:
                problem = "Nothing was left to take back.";
                await Preview();
                break;
            case SaveOutcome.Refused refused:
                problem = string.Join(" ", refused.Problems.Select(each => each.Sentence).Distinct().Take(3));
                break;
        }
    }

    private async Task UndoCategoriesNow()
    {
        (busy, problem) = (true, null);
        CategoriesUndone? undone = null;
        await Ask(async () => undone = await undoCategories.Undo(Store.Id, Id, (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy(), gone.Token));
        busy = false;
        problem = undone is { Stays.Count: > 0 } ? string.Join(" ", undone.Stays.Distinct().Take(3)) : null;
        if (undone is not { ChangeSetId: > 0 } done)
            return;
        toasts.Say($"Taken back: {Figure.Count(done.Returned, "change")}{(done.Stays.Count > 0 ? $"; {Figure.Count(done.Stays.Count)} changed later and stay" : "")}");
        await OnUndone.InvokeAsync(done.ChangeSetId);
    }

    private async Task Ask(Func<Task> work)
    {
        try
        {
            failure = null;
            await work();
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The shown was left.
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = away.Message;
        }
    }

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
    }
}
