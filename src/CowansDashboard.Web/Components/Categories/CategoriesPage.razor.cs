using System.Data.Common;
using CowansDashboard.Catalog.Categories;
using CowansDashboard.Runs;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;

namespace CowansDashboard.Web.Components.Categories;

/// <summary>The team's own tree: walked and moved with the mouse or the keyboard, with the chosen category beside it.</summary>
public sealed partial class CategoriesPage(
    ReadCategories read, FindOwnCategories find, CreateCategory create, MoveCategory move, UndoCategories undo, NavigationManager navigation, Toasts toasts, IJSRuntime js, IAuthorizationService authorization) : LiveComponent, IAsyncDisposable
{
    private const int MostFound = 50;

    private OpenTree? tree;
    private LiftedCategory? lifted;
    private TreeFigures? figures;
    private CategoryNode? chosen;
    private IReadOnlyList<FoundCategory>? found;
    private AskedBy person = new(null, "");
    private IJSObjectReference? script;
    private DotNetObjectReference<CategoriesPage>? self;
    private ElementReference list;
    private (long Store, long? Id) shown;
    private long focus;
    private bool mayEdit, adding, newInside, missing, focusAgain;
    private string? failure, newWrong, attached;
    private string said = "", typed = "", newName = "";

    [SupplyParameterFromQuery] public long? Id { get; set; }

    [SupplyParameterFromQuery] public string? Show { get; set; }

    [CascadingParameter] public ShellStore? Store { get; set; }

    [CascadingParameter] public Task<AuthenticationState> SignedIn { get; set; } = default!;

    private const string DeletedUrl = "/categories?show=deleted";

    private IReadOnlyList<TreeRow> Drawn => lifted?.Rows ?? tree?.Rows ?? [];

    private static string Url(long id) => $"/categories?id={id}";

    private static string Label(TreeRow row) => $"{row.Name}, {Figure.Count(row.Node!.Products, "product")}{(row.Node.TaxonomyId is null ? ", not mapped" : "")}";

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || shown == (Store.Id, Id))
            return;
        var another = shown.Store != Store.Id;
        shown = (Store.Id, Id);
        var user = (await SignedIn).User;
        (person, mayEdit) = (user.AsAskedBy(), (await authorization.AuthorizeAsync(user, Policies.Merchandiser)).Succeeded);
        if (another)
            (tree, figures, lifted, chosen) = (null, null, null, null);
        await Load();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        var drawn = tree is not null && found is null && figures is { Categories: > 0 } && Store is not null ? list.Id : null;
        if (drawn is not null && drawn != attached)
        {
            attached = drawn;
            script ??= await js.InvokeAsync<IJSObjectReference>("import", "./Components/Categories/CategoriesPage.razor.js");
            self ??= DotNetObjectReference.Create(this);
            await script.InvokeVoidAsync("attach", list, self, mayEdit);
        }
        if (focusAgain && script is not null)
        {
            focusAgain = false;
            await script.InvokeVoidAsync("focus", $"cat-{focus}");
        }
    }

    private async Task Load()
    {
        try
        {
            var (store, reading) = (Store!.Id, tree ?? new OpenTree(read, Store.Id));
            await reading.Load(Gone);
            chosen = Id is { } id && await read.Find(store, id, Gone) is { Category.DeletedAt: null } node ? node : null;
            missing = Id is not null && chosen is null;
            if (chosen is not null)
                await reading.Reveal(chosen.Category.Path, Gone);
            figures = await read.Figures(store, Gone);
            (tree, failure) = (reading, null);
            if (tree.Row(focus) is null)
                focus = chosen?.Category.Id ?? (tree.Rows is [var first, ..] ? first.Id : 0);
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = away.Message;
        }
    }

    private void Choose(long id)
    {
        if (lifted is not null)
            return;
        focus = id;
        navigation.NavigateTo(Url(id));
    }

    private Task Toggle(TreeRow row) => Guarded(async () =>
    {
        focus = row.Id;
        if (row.IsOpen)
            tree!.Close(row.Id);
        else
            await tree!.Open(row.Id, Gone);
    });

    private Task More(long? parentId) => Guarded(() => tree!.More(parentId, Gone));

    private async Task Search(string? words)
    {
        typed = words ?? "";
        var asked = typed;
        await Guarded(async () =>
        {
            var answer = asked.Trim().Length == 0 ? null : await find.Find(Store!.Id, asked, MostFound, Gone);
            if (asked == typed)
                (found, attached) = (answer, null);
        });
    }

    private void Begin() => (adding, newName, newWrong, newInside) = (!adding, "", null, chosen is not null);

    private Task Add() => Guarded(async () =>
    {
        var outcome = await create.Create(Store!.Id, new NewCategory(newName) { ParentId = newInside ? chosen?.Category.Id : null }, person, Gone);
        if (outcome is not CategoryOutcome.Done done)
        {
            newWrong = CategoryWords.Why(outcome);
            return;
        }
        (adding, attached) = (false, figures is { Categories: > 0 } ? attached : null);
        toasts.Say($"{done.Category.Name} made", "Undo", () => InvokeAsync(() => Back(done.ChangeSetId)));
        navigation.NavigateTo(Url(done.Category.Id));
    });

    /// <summary>A key that the tree answers to, on the category that has the focus.</summary>
    [JSInvokable]
    public async Task Key(string key, long id)
    {
        if (tree?.Row(id) is not { } row)
            return;
        focus = id;
        if (lifted is not null)
            await Carry(key);
        else
            await Walk(key, row);
        focusAgain = true;
        StateHasChanged();
    }

    private async Task Walk(string key, TreeRow row)
    {
        var rows = tree!.Rows.Where(each => each.Node is not null).ToList();
        var at = rows.FindIndex(each => each.Id == row.Id);
        switch (key)
        {
            case "ArrowUp":
                focus = rows[Math.Max(0, at - 1)].Id;
                break;
            case "ArrowDown":
                focus = rows[Math.Min(rows.Count - 1, at + 1)].Id;
                break;
            case "Home":
                focus = rows[0].Id;
                break;
            case "End":
                focus = rows[^1].Id;
                break;
            case "ArrowRight" when row is { IsOpen: false, Node.Children: > 0 }:
                await Toggle(row);
                break;
            case "ArrowRight" when row.IsOpen:
                focus = rows[at + 1].Id;
                break;
            case "ArrowLeft" when row.IsOpen:
                tree.Close(row.Id);
                break;
            case "ArrowLeft" when row.ParentId is { } above:
                focus = above;
                break;
            case "Enter":
                navigation.NavigateTo(Url(row.Id));
                break;
            case " " when mayEdit:
                lifted = new LiftedCategory(tree.Rows, row.Id);
                said = $"Lifted. {lifted.Said}";
                break;
        }
    }

    private async Task Carry(string key)
    {
        switch (key)
        {
            case "ArrowUp":
                lifted!.Up();
                break;
            case "ArrowDown":
                lifted!.Down();
                break;
            case "ArrowLeft":
                lifted!.Out();
                break;
            case "ArrowRight":
                lifted!.In();
                break;
            case "Escape":
                said = $"{lifted!.Row.Name} is back where it was.";
                lifted = null;
                return;
            case "Enter" or " ":
                var (node, place) = (lifted!.Row.Node!, lifted.Place);
                lifted = null;
                await Put(node, place);
                return;
            default:
                return;
        }
        said = lifted!.Said;
    }

    /// <summary>A category that was dragged onto another one: before it, behind it or into it.</summary>
    [JSInvokable]
    public async Task Dropped(long id, long target, string where)
    {
        if (!mayEdit || id == target || tree?.Row(id) is not { Node: { } node } || tree.Row(target) is not { } onto)
            return;
        var siblings = tree.Rows.Where(row => row.Node is not null && row.ParentId == onto.ParentId && row.Id != id).ToList();
        var at = siblings.FindIndex(row => row.Id == target);
        focus = id;
        await Put(node, where == "inside" ? new LiftedPlace(target, null) : new LiftedPlace(onto.ParentId, where == "before" ? at : at + 1));
        StateHasChanged();
    }

    private Task Put(CategoryNode node, LiftedPlace place) => Guarded(async () =>
    {
        var outcome = await move.Move(Store!.Id, node.Category.Id, place.ParentId, place.Index, node.Category.Version, person, Gone);
        if (outcome is CategoryOutcome.Done { ChangeSetId: > 0 } done)
        {
            await tree!.Reveal(done.Category.Path, Gone);
            var parent = place.ParentId is { } above ? tree.Row(above)?.Name : null;
            said = $"{node.Category.Name} moved{(parent is null ? "" : $" to {parent}")}.";
            toasts.Say($"{node.Category.Name} moved{(parent is null ? "" : $" to {parent}")}", "Undo", () => InvokeAsync(() => Back(done.ChangeSetId)));
        }
        await Load();
        if (outcome is not CategoryOutcome.Done)
            said = Trouble = CategoryWords.Why(outcome);
        focusAgain = true;
    });

    private async Task Back(long changeSet)
    {
        await Guarded(async () =>
        {
            var undone = await undo.Undo(Store!.Id, changeSet, person, Gone);
            await Load();
            if (undone is { Stays: [var why, ..] })
                Trouble = why;
            else
                toasts.Say("Taken back");
        });
        (focusAgain, said) = (true, "Taken back.");
        StateHasChanged();
    }

    private Task Changed(CategoryNotice notice) => Guarded(async () =>
    {
        if (notice.Gone)
            navigation.NavigateTo("/categories");
        await Load();
        if (notice.ChangeSetId > 0)
            toasts.Say(notice.Said, "Undo", () => InvokeAsync(() => Back(notice.ChangeSetId)));
    });

    private void Restored(long id)
    {
        (tree, shown) = (null, default);
        navigation.NavigateTo(Url(id));
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        self?.Dispose();
        if (script is null)
            return;
        try
        {
            await script.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The tab is gone, and the script with it.
        }
    }
}
