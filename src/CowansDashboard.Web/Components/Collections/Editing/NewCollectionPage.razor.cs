using System.Data.Common;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.Collections;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Collections.Editing;

/// <summary>A collection made here, from nothing or from another one.</summary>
public sealed partial class NewCollectionPage(SaveChangeSet save, ReadCollection read, NavigationManager navigation, AuthenticationStateProvider authentication) : IDisposable
{
    private const long Key = -1;

    private readonly CancellationTokenSource gone = new();
    private CollectionDetails? source;
    private string title = "";
    private string? failure;
    private bool byHand, busy;

    /// <summary>The collection to copy.</summary>
    [SupplyParameterFromQuery] public long? From { get; set; }

    [CascadingParameter] public ShellStore? Store { get; set; }

    private string Heading => From is null ? "New collection" : "Duplicate a collection";

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || From is not { } id || source?.Row.Id == id)
            return;
        await Try(async () =>
        {
            source = await read.Read(Store.Id, id, gone.Token);
            if (source is null)
                failure = "The collection to copy is not in this shop.";
            else
                title = $"Copy of {source.Row.Title}";
        });
    }

    private async Task Create()
    {
        if (busy)
            return;
        busy = true;
        await Try(async () =>
        {
            var person = (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
            var head = new ChangeSetHead(Store!.Id, source is null ? ChangeSetKind.Create : ChangeSetKind.Duplicate, source is null ? $"{title.Trim()}, new" : $"{title.Trim()}, from {source.Row.Title}", null, person.Id, person.Name);
            switch (await save.Save(head, new WantedChanges { Added = [Itself(), .. Sources()] }, StaleMeans.Refuse, gone.Token))
            {
                case SaveOutcome.Saved saved:
                    navigation.NavigateTo(CollectionPagePath.Of(saved.Created[Key]));
                    break;
                case SaveOutcome.Refused refused:
                    failure = string.Join(" ", refused.Problems.Select(problem => problem.Sentence).Distinct());
                    break;
            }
        });
        busy = false;
    }

    private NewRow Itself() => new(CatalogueFields.Collection, Key, source is null
        ? new JsonObject { ["title"] = title.Trim(), ["handle"] = ProductHandle.Of(title), ["sort_order"] = byHand ? "MANUAL" : "BEST_SELLING" }
        : new JsonObject
        {
            ["title"] = title.Trim(),
            ["handle"] = ProductHandle.Of(title),
            ["description_html"] = source.DescriptionHtml,
            ["sort_order"] = source.Row.SortOrder,
            ["template_suffix"] = source.TemplateSuffix,
            ["seo_title"] = source.SeoTitle,
            ["seo_description"] = source.SeoDescription,
            ["image_url"] = source.Row.ImageUrl,
            ["image_alt"] = source.ImageAlt,
        });

    // A copy's conditions are conditions of their own: Shopify's ids stay with the first.
    private IEnumerable<NewRow> Sources() => source is null
        ? [Source(1, "Conditions", new CollectionSource.ByConditions(false, new(true, [], []), Exclusion.Nothing))]
        : source.Sources.Select((one, i) => (Says: SourceReading.Read(one.Type, one.Definition), one.Title, Place: i + 1))
            .Where(one => one.Says is not CollectionSource.Unknown).Select(one => Source(one.Place, one.Title, one.Says));

    private NewRow Source(int place, string name, CollectionSource says) => new(CatalogueFields.Source, Key - place, new JsonObject
    {
        ["collection_id"] = Key,
        ["position"] = place,
        ["source_type"] = SourceWriting.TypeOf(says),
        ["title"] = name.Length > 0 ? name : "Conditions",
        ["definition"] = SourceWriting.Write(Bare(says), null, Store!.Currency),
    });

    private static CollectionSource Bare(CollectionSource says) => says is not CollectionSource.ByConditions by ? says : by with
    {
        Included = by.Included with { Conditions = [.. by.Included.Conditions.Select(one => one with { Gid = null })] },
        Excluded = by.Excluded with { Conditions = [.. by.Excluded.Conditions.Select(one => one with { Gid = null })] },
    };

    private async Task Try(Func<Task> work)
    {
        try
        {
            failure = null;
            await work();
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = "The copy did not answer. Nothing was made: try again.";
        }
    }

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
    }
}
