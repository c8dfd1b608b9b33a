using System.Data.Common;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.Catalog.Categories;
using CowansDashboard.Runs;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Products;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace CowansDashboard.Web.Components.Categories;

/// <summary>The chosen category: what it maps to, what lies in it, its attributes, and what deleting it would mean.</summary>
public sealed partial class CategoryDetails(
    ReadCategories read, ReadContents readContents, ReadCategoryProducts readProducts, ReadCategoryHistory history, FindCategories findTaxonomy,
    ChangeCategory change, MoveCategory move, DeleteCategory delete, AssignProducts assign, GiveMappedCategory give, NavigationManager navigation) : LiveComponent
{
    private const int ProductsAtOnce = 20;
    private const int MostChildren = 100;
    private const int MostActs = 6;

    private readonly List<TypedAttribute> own = [];
    private IReadOnlyList<Category> above = [];
    private IReadOnlyList<InheritedAttribute> inherited = [];
    private IReadOnlyList<CategoryNode> children = [];
    private IReadOnlyList<CategoryAct> acts = [];
    private IReadOnlyList<CategoryName>? found;
    private List<CategoryProduct> products = [];
    private CategoryContents? contents;
    private long? differing = 0;
    private Category category = default!;
    private FoundCategory? target;
    private CategoryNode? shown;
    private bool moving, moreProducts, keepsTyped, deleted;
    private int suggestion = -1;
    private string name = "", typed = "", foundFor = "", going = "up";
    private string? mappedName, leaving;

    [Parameter, EditorRequired] public ShellStore Store { get; set; } = default!;

    [Parameter, EditorRequired] public CategoryNode Node { get; set; } = default!;

    [Parameter] public bool MayEdit { get; set; }

    [Parameter] public EventCallback<CategoryNotice> OnChanged { get; set; }

    [CascadingParameter] public Task<AuthenticationState> SignedIn { get; set; } = default!;

    private bool IsChanged => name.Trim() != category.Name || !JsonNode.DeepEquals(Typed(), category.Attributes);

    protected override async Task OnParametersSetAsync()
    {
        if (ReferenceEquals(shown, Node))
            return;
        // What a person has typed stays, unless the category itself is another one by now.
        if (keepsTyped)
            TakeMapping(Node);
        else if (shown?.Category.Version != Node.Category.Version)
            Take(Node);
        (shown, keepsTyped, differing) = (Node, false, 0);
        await Guarded(async () =>
        {
            above = await read.Above(category, Gone);
            inherited = AttributeTemplate.Of(above);
            contents = await readContents.Read(Store.Id, category, Gone);
            children = category.DeletedAt is null ? await read.Children(Store.Id, category.Id, 0, MostChildren, Gone) : [];
            products = [];
            await ReadMore();
            acts = await history.Read(Store.Id, category.Id, MostActs, Gone);
        });
        if (Trouble is null)
            await CountDiffering(Node);
    }

    // After everything else, which does not wait for it: below a category at the top may lie the whole shop.
    private async Task CountDiffering(CategoryNode node)
    {
        if (node.TaxonomyId is null || node.Category.DeletedAt is not null)
            return;
        StateHasChanged();
        long? counted = null;
        try
        {
            counted = await give.Count(Store.Id, node.Category, Gone);
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
            return;
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            // They are too many for the time that it has.
        }
        if (ReferenceEquals(node, shown))
            differing = counted;
    }

    private void Take(CategoryNode node)
    {
        TakeMapping(node);
        name = category.Name;
        own.Clear();
        foreach (var (attribute, values) in category.Attributes)
            own.Add(new TypedAttribute { Name = attribute, IsOff = values is null, Kept = values as JsonArray, Values = TypedAttribute.Line(values) });
    }

    private void TakeMapping(CategoryNode node)
    {
        category = node.Category;
        (mappedName, typed, found) = (category.TaxonomyId is null ? null : node.TaxonomyName, "", null);
    }

    private async Task ReadMore()
    {
        var next = await readProducts.Products(Store.Id, category, false, products is [.., var last] ? last.Id : 0, ProductsAtOnce + 1, Gone);
        products.AddRange(next.Take(ProductsAtOnce));
        moreProducts = next.Count > ProductsAtOnce;
    }

    private Task MoreProducts() => Guarded(ReadMore);

    private JsonObject Typed()
    {
        var attributes = new JsonObject();
        foreach (var attribute in own.Where(each => each.Name.Trim().Length > 0))
            attributes[attribute.Name.Trim()] = attribute.Read();
        return attributes;
    }

    private async Task Search(string? words)
    {
        typed = words ?? "";
        var asked = typed;
        await Guarded(async () =>
        {
            var answer = asked.Trim().Length < 2 ? null : await findTaxonomy.Find(asked, Gone);
            if (asked == typed)
                (found, suggestion, foundFor) = (answer, -1, asked);
        });
    }

    // Saved at once: it is one choice, and looks made as soon as it is. What is typed below stays unsaved.
    private Task Map(string? taxonomyId) => Told(taxonomyId is null ? "is mapped no more" : "mapped", async by =>
    {
        var outcome = await change.Change(Store.Id, category.Id, category.Version, new CategoryChange { TaxonomyId = taxonomyId ?? "" }, by, Gone);
        keepsTyped = outcome is CategoryOutcome.Done;
        return outcome;
    });

    private Task Give() => Guarded(async () =>
    {
        if (await give.Prepare(Store.Id, category, (await SignedIn).User.AsAskedBy(), Gone) is { PreviewId: var preview })
            navigation.NavigateTo(BulkEditPage.Url(preview));
        else
            differing = 0;
    });

    private Task Save() => Told("saved", by => change.Change(Store.Id, category.Id, category.Version, new CategoryChange { Name = name, Attributes = JsonNode.DeepEquals(Typed(), category.Attributes) ? null : Typed() }, by, Gone));

    // The arrows walk through what was found and Enter takes it, as in any list of suggestions.
    private Task Key(KeyboardEventArgs key)
    {
        if (found is not { Count: > 0 } suggested)
            return Task.CompletedTask;
        if (key.Key == "Enter")
            // Found for an earlier text and marked by nobody, it is not what was typed.
            return suggestion >= 0 || foundFor == typed ? Map(suggested[Math.Max(0, suggestion)].Id) : Task.CompletedTask;
        suggestion = key.Key switch
        {
            "ArrowDown" => Math.Min(suggestion + 1, suggested.Count - 1),
            "ArrowUp" => Math.Max(suggestion - 1, 0),
            _ => suggestion,
        };
        return Task.CompletedTask;
    }

    // Another category, or another page: what is typed here would be gone without a word.
    private void BeforeLeaving(LocationChangingContext move)
    {
        if (!MayEdit || !IsChanged || deleted || leaving == move.TargetLocation)
            return;
        move.PreventNavigation();
        leaving = move.TargetLocation;
        StateHasChanged();
    }

    private async Task SaveAndLeave()
    {
        await Save();
        if (Trouble is null)
            navigation.NavigateTo(leaving!);
        else
            leaving = null;
    }

    private Task MoveTo(long? parent)
    {
        moving = false;
        return Told("moved", by => move.Move(Store.Id, category.Id, parent, null, category.Version, by, Gone));
    }

    private Task Delete() => Told(CategoryWords.Deleted(contents!, going == "along"), by => delete.Delete(Store.Id, category.Id, category.Version, contents!.IsEmpty ? new ContentsGo.Nowhere() : going switch
    {
        "into" => new ContentsGo.Into(target!.Id),
        "along" => new ContentsGo.Along(),
        _ => new ContentsGo.Up(),
    }, by, Gone), gone: true);

    private Task TakeOut(CategoryProduct product) => Guarded(async () =>
    {
        var assigned = await assign.Assign(Store.Id, null, [product.Id], (await SignedIn).User.AsAskedBy(), Gone);
        await OnChanged.InvokeAsync(new CategoryNotice($"{product.Title} taken out of {category.Name}", assigned.ChangeSetId));
    });

    private Task Told(string what, Func<AskedBy, Task<CategoryOutcome>> act, bool gone = false) => Guarded(async () =>
    {
        var outcome = await act((await SignedIn).User.AsAskedBy());
        if (outcome is CategoryOutcome.Done done)
        {
            deleted = gone;
            await OnChanged.InvokeAsync(new CategoryNotice($"{done.Category.Name} {what}", done.ChangeSetId, gone));
            return;
        }
        if (outcome is CategoryOutcome.Stale or CategoryOutcome.NotFound)
            await OnChanged.InvokeAsync(new CategoryNotice("", 0));
        Trouble = CategoryWords.Why(outcome);
    });

    private sealed class TypedAttribute
    {
        public string Name { get; set; } = "";

        public string Values { get; set; } = "";

        /// <summary>An inherited one that does not count here.</summary>
        public bool IsOff { get; init; }

        /// <summary>What is kept; a value of old may hold a comma, which the line cannot tell from two values.</summary>
        public JsonArray? Kept { get; init; }

        public static string Line(JsonNode? values) => values is JsonArray list ? string.Join(", ", list.Select(each => each!.GetValue<string>())) : "";

        public JsonNode? Read() => IsOff ? null : Kept is not null && Values == Line(Kept) ? Kept.DeepClone()
            : new JsonArray([.. Values.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(value => JsonValue.Create(value))]);
    }
}
