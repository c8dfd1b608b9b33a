using CowansDashboard.Accounts;
using CowansDashboard.Search;
using CowansDashboard.Search.Views;
using CowansDashboard.Web.Components.Kit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Products;

/// <summary>Saved views as tabs; the first, All, is always there.</summary>
public sealed partial class ViewTabs(SaveView save, DeleteView delete, Toasts toasts, AuthenticationStateProvider authentication)
{
    private Box open;
    private string named = "", nameTitle = "";
    private string? wrong;
    private bool shared, focusName;
    private long? renaming;
    private ElementReference nameBox;

    private enum Box { None, Menu, Name }

    [Parameter, EditorRequired] public GridState State { get; set; } = new();
    [Parameter, EditorRequired] public IReadOnlyList<SavedView> Views { get; set; } = [];
    [Parameter] public IReadOnlyDictionary<long, long> Counts { get; set; } = new Dictionary<long, long>();
    [Parameter] public long? Everything { get; set; }

    /// <summary>Products that are removed here and still in Shopify.</summary>
    [Parameter] public long? Removed { get; set; }

    [Parameter, EditorRequired] public long Store { get; set; }

    /// <summary>The views are other ones now; the state says what to show, null leaves it.</summary>
    [Parameter] public EventCallback<GridState?> OnChanged { get; set; }

    private SavedView? Selected => Views.FirstOrDefault(view => view.Id == State.View);

    private bool InRemoved => Selected is null && State.Filter == GridState.Removed.Filter;

    private static string RemovedUrl => GridState.Removed.ToUrl();

    private bool Changed => Selected is { } view && (view.Filter != State.Filter || view.Sort != State.Order || !GridState.Of(view).Columns.SequenceEqual(State.Columns));

    private RenderFragment Number(long? count) => builder =>
    {
        if (count is not { } known)
            return;
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", "n");
        builder.AddContent(2, Figure.Count(known));
        builder.CloseElement();
    };

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!focusName || open != Box.Name)
            return;
        focusName = false;
        await nameBox.FocusAsync();
    }

    private void StartNew() => StartName("Name of the new view", "", null, false);

    private void StartCopy() => StartName("Name of the copy", Short($"{Selected!.Name} copy"), null, false);

    private void StartRename() => StartName("New name", Selected!.Name, Selected.Id, Selected.Shared);

    private void StartName(string title, string name, long? id, bool share) =>
        (open, nameTitle, named, renaming, shared, wrong, focusName) = (Box.Name, title, name, id, share, null, true);

    private void Shut() => (open, wrong) = (Box.None, null);

    private async Task Save()
    {
        // A rename keeps what the view had; unsaved changes of filters stay unsaved.
        var kept = renaming is null ? null : Selected;
        await Keep(renaming, named, kept?.Filter ?? State.Filter, kept?.Sort ?? State.Order, kept?.Columns ?? Columns, shared, renaming is null ? "saved" : "renamed");
    }

    private Task Update() => Keep(Selected!.Id, Selected.Name, State.Filter, State.Order, Columns, Selected.Shared, "changed");

    private Task Share() => Keep(Selected!.Id, Selected.Name, Selected.Filter, Selected.Sort, Selected.Columns, !Selected.Shared, Selected.Shared ? "is yours alone" : "shared");

    private IReadOnlyList<string> Columns => [.. State.Columns.Select(column => column.Name)];

    private async Task Keep(long? id, string name, ProductFilter filter, ProductSort sort, IReadOnlyList<string> columns, bool share, string done)
    {
        if (await Owner() is not { } owner)
            return;
        switch (await save.Save(new(Store, owner, id, name, filter, sort, columns, share), CancellationToken.None))
        {
            case SaveViewOutcome.Saved saved:
                Shut();
                toasts.Say($"View “{name.Trim()}” {done}");
                await OnChanged.InvokeAsync(id is null ? State with { View = saved.Id } : null);
                break;
            case SaveViewOutcome.NameTaken taken:
                wrong = $"You have a view called “{taken.Name}” already.";
                break;
            case SaveViewOutcome.BadName bad:
                wrong = bad.Reason;
                break;
            default:
                wrong = "This view is gone, or another person’s.";
                break;
        }
    }

    private async Task Remove()
    {
        if (await Owner() is not { } owner || Selected is not { } gone)
            return;
        Shut();
        await delete.Delete(Store, owner, gone.Id, CancellationToken.None);
        await OnChanged.InvokeAsync(new GridState());
        toasts.Say($"View “{gone.Name}” deleted", "Undo", async () =>
        {
            await save.Save(new(Store, owner, null, gone.Name, gone.Filter, gone.Sort, gone.Columns, gone.Shared), CancellationToken.None);
            await InvokeAsync(() => OnChanged.InvokeAsync(null));
        });
    }

    private async Task<long?> Owner() => (await authentication.GetAuthenticationStateAsync()).User.AccountId;

    private static string Short(string name) => name.Length <= SavedView.LongestName ? name : name[..SavedView.LongestName];
}
