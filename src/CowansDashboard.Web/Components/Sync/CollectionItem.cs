using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Collections;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;
using CowansDashboard.Sync.Push;
using CowansDashboard.Web.Components.Collections;
using CowansDashboard.Web.Components.History;
using CowansDashboard.Web.Components.Kit;

namespace CowansDashboard.Web.Components.Sync;

/// <summary>A value of a plan as people say it. Before is null where nothing stood there, or where what comes tells it all.</summary>
public sealed record PlannedLine(string Label, string? Before, string After);

/// <summary>What a plan does to a collection, in words: conditions as sentences, orders as moves, descriptions without their markup.</summary>
public static class CollectionItem
{
    public static IReadOnlyList<PlannedLine> Lines(PushItemRow item, ReferenceNames names, string currency) => item.Kind == PushKind.Create
        ? [.. item.Fields.Where(field => field.Key is not ("title" or MemberOrder.Field) && !IsEmpty(field.Value?["new"])).Select(field => new PlannedLine(Label(item, field.Key), null, Value(field.Key, field.Value?["new"], names, currency)))]
        : [.. item.Fields.Select(field => Line(item, field.Key, field.Value?["base"], field.Value?["new"], names, currency))];

    /// <summary>What the sources of these items refer to.</summary>
    public static IReadOnlyList<CollectionSource> Sources(IEnumerable<PushItemRow> items) =>
    [
        .. from item in items
           where item.Entity == CatalogueFields.Source
           from value in (JsonNode?[])[item.Fields["definition"]?["base"], item.Fields["definition"]?["new"]]
           where value is JsonObject
           select CollectionWords.Source(value),
    ];

    /// <summary>"136 products become 30: none enters, 106 leave".</summary>
    public static string Foreseen(ForeseenMembers members)
    {
        var moves = $"{(members.Enter == 0 ? "none enters" : $"{Figure.Count(members.Enter)} {(members.Enter == 1 ? "enters" : "enter")}")}, {(members.Leave == 0 ? "none leaves" : $"{Figure.Count(members.Leave)} {(members.Leave == 1 ? "leaves" : "leave")}")}";
        return (members.Enter, members.Leave) == (0, 0) ? $"Holds the same {Figure.Count(members.Now, "product")}" : $"{Figure.Count(members.Now, "product")} {(members.Now == 1 ? "becomes" : "become")} {Figure.Count(members.Then)}: {moves}";
    }

    private static PlannedLine Line(PushItemRow item, string field, JsonNode? before, JsonNode? after, ReferenceNames names, string currency) => field == MemberOrder.Field
        ? new(Label(item, field), null, MemberOrder.Moved(before, after) is > 0 and var moves ? Figure.Count(moves, "move") : "as it was")
        : new(Label(item, field), Value(field, before, names, currency), Value(field, after, names, currency));

    private static string Label(PushItemRow item, string field) => field == "definition" ? "Who belongs" : CatalogueFields.LabelOf(item.Entity, field);

    private static string Value(string field, JsonNode? value, ReferenceNames names, string currency) => field switch
    {
        "definition" => CollectionWords.Definition(value, names, currency),
        "sort_order" => CollectionWords.Order(value?.ToString() ?? ""),
        _ => HistoryWords.Value(field, value, currency),
    };

    private static bool IsEmpty(JsonNode? value) => value is null or JsonArray { Count: 0 } || value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length == 0;
}
