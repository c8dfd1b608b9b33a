using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;
using CowansDashboard.Web.Components.History;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.Collections;

/// <summary>A collection as it was at a moment: what is different now, who belonged, and the way back for chosen fields. The moment is in the address.</summary>
public sealed partial class CollectionAsOfPage(ReadCollectionAsOf read, RestoreCollectionFields restore, TimeProvider clock, NameReferences name) : IDisposable
{
    private const string NoMoment = "The address names no moment that has been.";

    private readonly CancellationTokenSource gone = new();
    private CollectionAsOf? then;
    private DateTimeOffset? chosenAt;
    private string? failure, wrong;
    private bool loaded;
    private (long Store, long Id, string? At)? shown;
    private ReferenceNames names = ReferenceNames.None;

    [Parameter] public long Id { get; set; }
    [SupplyParameterFromQuery] public string? At { get; set; }
    [CascadingParameter] public ShellStore? Store { get; set; }

    private string? Title => then is null ? null
        : HistoryWords.Value("title", then.Differences.FirstOrDefault(one => one is { Entity: CatalogueFields.Collection, Field: "title" })?.Now ?? then.Then["title"]);

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || shown == (Store.Id, Id, At))
            return;
        shown = (Store.Id, Id, At);
        chosenAt = AsOfPath.Moment(At, clock.GetUtcNow());
        wrong = At is { Length: > 0 } && chosenAt is null ? NoMoment : null;
        await Load();
    }

    private async Task Load()
    {
        try
        {
            then = await read.Read(Store!.Id, Id, chosenAt ?? clock.GetUtcNow(), gone.Token);
            names = then is null ? ReferenceNames.None : await name.Name(Store.Id, [.. Definitions(then).Select(Read)], gone.Token);
            (failure, loaded) = (null, true);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = away.Message;
        }
    }

    private Task<SaveOutcome?> Restored(ChangeSetHead head, DateTimeOffset at, IReadOnlyCollection<ChosenField> chosen, CancellationToken cancel) => restore.Restore(head, Id, at, chosen, cancel);

    // Conditions and orders are said, not shown as they are stored.
    private string? Said(AsOfDifference one, JsonNode? value) => one switch
    {
        { Field: MemberOrder.Field } => ReferenceEquals(value, one.Now) ? "as it stands" : $"{Figure.Count(MemberOrder.Moved(one.Now, one.Then), "product")} elsewhere",
        { Field: "definition" } => CollectionWords.Definition(value, names, Store!.Currency),
        { Field: "sort_order" } => CollectionWords.Order(value?.ToString() ?? ""),
        { Entity: CatalogueFields.Source, Field: "created" or "removed" } when value is JsonObject source => CollectionWords.Definition(source["definition"], names, Store!.Currency),
        _ => null,
    };

    private string Value(string field) => field switch
    {
        MemberOrder.Field => $"{Figure.Count((then!.Then[field] as JsonArray)?.Count ?? 0, "product")} in the order of that moment",
        "sort_order" => CollectionWords.Order(then!.Then[field]?.ToString() ?? ""),
        _ => HistoryWords.Value(field, then!.Then[field], Store?.Currency),
    };

    private static IEnumerable<JsonNode?> Definitions(CollectionAsOf then) =>
        then.Sources.Select(source => source.Definition).Concat(then.Differences.Where(one => one.Entity == CatalogueFields.Source)
            .SelectMany(one => new[] { one.Then, one.Now }).Select(value => (value as JsonObject)?["definition"] ?? value)).Where(value => value is JsonObject);

    private static CollectionSource Read(JsonNode? definition) =>
        SourceReading.Read(definition!["collections"] is JsonArray ? SourceChecks.OfCollections : SourceChecks.ByConditions, JsonSerializer.SerializeToElement(definition));

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
    }
}
