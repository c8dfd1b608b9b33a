using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.Collections;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Collections.Editing;

/// <summary>A collection made here, from nothing or from another one.</summary>
public sealed partial class NewCollectionPage(CreateCollection creating, DuplicateCollection duplicating, ReadCollection read, NavigationManager navigation, AuthenticationStateProvider authentication) : LiveComponent
{
    private enum Holds { Conditions, ByHand, Collections }

    private CollectionDetails? source;
    private string title = "";
    private readonly Dictionary<long, string> others = [];
    private Holds holds;

    /// <summary>The collection to copy.</summary>
    [SupplyParameterFromQuery] public long? From { get; set; }

    [CascadingParameter] public ShellStore? Store { get; set; }

    private string Heading => From is null ? "New collection" : "Duplicate a collection";

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || From is not { } id || source?.Row.Id == id)
            return;
        await Guarded(async () =>
        {
            source = await read.Read(Store.Id, id, Gone);
            if (source is null)
                Trouble = "The collection to copy is not in this shop.";
            else
                title = $"Copy of {source.Row.Title}";
        });
    }

    private async Task Create()
    {
        if (IsBusy)
            return;
        await Guarded(async () =>
        {
            var person = (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
            var outcome = source is null
                ? await creating.Create(new ChangeSetHead(Store!.Id, ChangeSetKind.Create, $"{title.Trim()}, new", null, person.Id, person.Name), Made(), Gone)
                : await duplicating.Duplicate(new ChangeSetHead(Store!.Id, ChangeSetKind.Duplicate, $"{title.Trim()}, from {source.Row.Title}", null, person.Id, person.Name), source.Row.Id, title, Gone);
            switch (outcome)
            {
                case SaveOutcome.Saved saved:
                    navigation.NavigateTo(CollectionPagePath.Of(saved.Created[CreateCollection.Key]));
                    break;
                case SaveOutcome.Refused refused:
                    Trouble = string.Join(" ", refused.Problems.Select(problem => problem.Sentence).Distinct());
                    break;
                default:
                    Trouble = "The collection to copy is not in this shop any more.";
                    break;
            }
        });
    }

    // Shopify makes the address of the title, with a number behind it where somebody has it already.
    private NewCollection Made() => new(new JsonObject { ["title"] = title.Trim(), ["sort_order"] = holds == Holds.ByHand ? "MANUAL" : "BEST_SELLING" })
    {
        Sources = [holds switch
        {
            Holds.ByHand => ("Products", new WantedSource.Picked([])),
            Holds.Collections => ("Sub-collections", new WantedSource.OfCollections([.. others.Keys])),
            _ => ("Conditions", (WantedSource)new WantedSource.Defined(SourceWriting.Write(new CollectionSource.ByConditions(false, new(true, [], []), Exclusion.Nothing), null, Store!.Currency))),
        }],
    };

    // Kinds of a later version of Shopify's API cannot be written.
    private bool LeavesOut => source?.Sources.Any(one => SourceReading.Read(one.Type, one.Definition) is CollectionSource.Unknown) == true;
}
