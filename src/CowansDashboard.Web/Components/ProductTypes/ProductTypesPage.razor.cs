using System.Data.Common;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Catalog.ProductTypes;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Search;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Products;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.ProductTypes;

/// <summary>The product types of a shop with their counts, those that are spelled in several ways, and the way to make them one.</summary>
public sealed partial class ProductTypesPage(ReadProductTypes read, KeepTypesApart apart, PreviewBulkEdit preview, RunFeed feed, NavigationManager navigation, Toasts toasts) : LiveComponent
{
    private const int MostShown = 200;
    private const int MostGroups = 50;

    private readonly Dictionary<string, string> keeps = new(StringComparer.Ordinal);
    private ProductTypeSummary? summary;
    private HashSet<string> near = [];
    private string? failure, open;
    private string wanted = "", from = "", to = "";
    private bool renames;
    private long followed;

    [CascadingParameter] public ShellStore? Store { get; set; }

    [CascadingParameter] public Task<AuthenticationState> SignedIn { get; set; } = default!;

    private string? Context => summary switch
    {
        null or { Spellings.Count: 0 } => null,
        { Groups.Count: 0 } => "Every type is spelled in one way.",
        { Groups: var groups } => $"{Figure.Count(groups.Count, "type seems", "types seem")} to be spelled in several ways. Nothing changes before you have seen it.",
    };

    private IReadOnlyList<TypeSpelling> Shown => wanted.Trim() is { Length: > 0 } part
        ? [.. summary!.Spellings.Where(one => one.Name.Contains(part, StringComparison.CurrentCultureIgnoreCase))]
        : summary!.Spellings;

    /// <summary>As many groups as one edit can hold, the largest first.</summary>
    private IReadOnlyList<TypeGroup> AtOnce
    {
        get
        {
            var spellings = 0;
            return [.. summary!.Groups.TakeWhile(group => (spellings += group.Others.Count) <= UnifyTypes.MostSpellings)];
        }
    }

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || followed == Store.Id)
        {
            return;
        }
        followed = Store.Id;
        (summary, open) = (null, null);
        await Load();
        open = summary is { Groups: [var first, ..] } ? first.Kept.Name : null;
        var store = Store.Id;
        Follow(feed.WatchStore(store, Gone), snapshot =>
        {
            if (store == followed && snapshot.Status.IsFinished())
            {
                MarkAged();
            }
        });
    }

    protected override Task ReadAgainAsync() => Load();

    private async Task Load()
    {
        try
        {
            summary = await read.Read(followed, Gone);
            near = [.. summary.Groups.SelectMany(AllOf).Select(one => one.Name)];
            failure = null;
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = away.Message;
        }
    }

    private void Open(string kept) => open = open == kept ? null : kept;

    private Task CleanUp(IReadOnlyList<TypeGroup> groups) =>
        Prepare(groups.SelectMany(group => OthersOf(group).Select(other => KeyValuePair.Create(other.Name, KeptOf(group)))).ToDictionary());

    private Task Rename() => Prepare(new Dictionary<string, string> { [from] = to.Trim() });

    private Task Prepare(IReadOnlyDictionary<string, string> spellings) => Guarded(async () =>
    {
        var selection = ProductSelection.All(ProductFilter.Everything.With(FilterField.Type, FilterField.Any, [.. spellings.Keys]));
        switch (await preview.Preview(new(followed, selection, new UnifyTypes(spellings), (await SignedIn).User.AsAskedBy()), Gone))
        {
            case PreviewOutcome.Prepared prepared:
                navigation.NavigateTo(BulkEditPage.Url(prepared.PreviewId));
                break;
            case PreviewOutcome.Wrong wrong:
                Trouble = wrong.Problem.Sentence;
                break;
            case PreviewOutcome.Nothing:
                Trouble = "No product has these types any more.";
                await Load();
                break;
        }
    });

    private Task Differ(TypeGroup group) => Guarded(async () =>
    {
        await apart.Keep(followed, [.. AllOf(group).Select(one => one.Name)], (await SignedIn).User.AsAskedBy().Name, Gone);
        toasts.Say($"{group.Kept.Name}: kept apart");
        await Load();
    });

    private Task AskAgain() => Guarded(async () =>
    {
        await apart.Keep(followed, null, "", Gone);
        await Load();
    });

    private static IReadOnlyList<TypeSpelling> AllOf(TypeGroup group) => [group.Kept, .. group.Others];

    /// <summary>What a person chose, else the most used spelling.</summary>
    private string Chosen(TypeGroup group) => keeps.TryGetValue(group.Kept.Name, out var chosen) && AllOf(group).Any(one => one.Name == chosen) ? chosen : group.Kept.Name;

    /// <summary>As it will be written: without spaces at its ends, which nobody means.</summary>
    private string KeptOf(TypeGroup group) => Chosen(group).Trim();

    private IEnumerable<TypeSpelling> OthersOf(TypeGroup group) => AllOf(group).Where(one => one.Name != KeptOf(group));

    private string NamedBy(string name)
    {
        var use = summary!.UseOf(name);
        return use.IsNone ? "Nothing else" : string.Join(". ", new[]
        {
            use.Collections.Count > 0 ? $"Conditions of {Listed(use.Collections)} name it: its products may leave {(use.Collections.Count == 1 ? "that collection" : "those collections")}" : null,
            use.Views.Count > 0 ? $"Saved {(use.Views.Count == 1 ? "view" : "views")} {Listed(use.Views)}" : null,
        }.OfType<string>());
    }

    private static string Listed(IReadOnlyList<string> names) => names.Count > 2 ? $"{names[0]}, {names[1]} and {names.Count - 2} more" : string.Join(" and ", names);

    /// <summary>Spaces at the ends are what differs and what nobody sees.</summary>
    private static string Marked(string name) => name.Trim() == name ? name : $"“{name}”";

    private static string Products(string type) => $"{GridState.Path}?type={Uri.EscapeDataString(type)}";
}
