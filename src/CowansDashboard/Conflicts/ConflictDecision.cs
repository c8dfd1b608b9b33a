using System.Text.Json.Nodes;
using CowansDashboard.Conflicts.Rules;
using CowansDashboard.History;

namespace CowansDashboard.Conflicts;

/// <summary>A conflict and its row as they are at the moment of settling it, under the product's lock.</summary>
/// <param name="Local">What the row holds of the field now; null where the row has gone.</param>
/// <param name="InFlight">A push has sent our value and awaits the answer.</param>
public sealed record OpenConflict(ConflictRow Row, RuleSubject Subject, JsonObject? Local, JsonObject? Pending, bool InFlight = false);

/// <summary>What becomes of the field: its value, and the base it stays pending on; without a base it is clean.</summary>
public sealed record SettledConflict(OpenConflict Conflict, JsonNode? Value, bool StaysPending, string As, long? RuleId)
{
    /// <summary>The column changes, as against only its base.</summary>
    public bool ChangesValue => !JsonNode.DeepEquals(Conflict.Row.Ours, Value);
}

/// <summary>Decides how a conflict ends, or why it is left alone. Pure.</summary>
public static class ConflictDecision
{
    /// <summary>Why it cannot be settled as the person saw it; null when nothing changed meanwhile.</summary>
    public static string? WhyStale(OpenConflict conflict, int seenRevision)
    {
        var row = conflict.Row;
        if (row.End is { } end)
            return end.By is { } who ? $"{who} settled it meanwhile." : "It was settled meanwhile.";
        if (row.Revision != seenRevision)
            return "Shopify’s value has changed again since you looked.";
        if (conflict.Local is null)
            return "Its row is gone.";
        if (row.Field == DeletedProducts.Field)
            return conflict.Local["deleted_at"] is null ? "The product is in Shopify again." : null;
        if (row.Field == Removal.Field)
            return conflict.Local["removal"] is null ? "The product was restored meanwhile." : conflict.Local["deleted_at"] is not null ? "The product is deleted by now." : null;
        if (row.Field == LastVariants.Field)
            return null;
        if (conflict.Pending?.ContainsKey(row.Field) != true || !JsonNode.DeepEquals(conflict.Local[row.Field], row.Ours))
            return "Our value was edited since you looked.";
        return null;
    }

    /// <summary>How it ends; null when no rule decides it.</summary>
    public static SettledConflict? Decide(OpenConflict conflict, Resolution wish, Func<string, FieldRule?>? ruleOf) => wish switch
    {
        Resolution.Another or Resolution.ByRules when conflict.Row.Field is DeletedProducts.Field or Removal.Field or LastVariants.Field => null,
        // Without any that Shopify has deleted nothing can be made anew.
        Resolution.Ours when conflict.Row is { Field: LastVariants.Field, Ours: JsonArray { Count: 0 } } => null,
        Resolution.Ours when conflict.Row.Field == LastVariants.Field => new(conflict, conflict.Row.Ours, false, "mine", null),
        Resolution.Shopifys when conflict.Row.Field == Removal.Field => new(conflict, null, false, "shopifys", null),
        Resolution.Ours => Keep(conflict, "mine", null),
        Resolution.Shopifys => Take(conflict, "shopifys", null),
        Resolution.Another another when JsonNode.DeepEquals(another.Value, conflict.Row.Shopifys) => Take(conflict, "shopifys", null),
        Resolution.Another another when JsonNode.DeepEquals(another.Value, conflict.Row.Ours) => Keep(conflict, "mine", null),
        Resolution.Another another => new(conflict, another.Value, StaysPending: true, "other", null),
        _ => ruleOf?.Invoke(conflict.Row.Field) switch
        {
            { Owner: FieldOwner.Shopify } rule => Take(conflict, "rule-shopify", rule.RuleId),
            { Owner: FieldOwner.Dashboard } rule => Keep(conflict, "rule-dashboard", rule.RuleId),
            _ => null,
        },
    };

    /// <summary>A product that is to be deleted has to be archived first: whoever gives it another status keeps it.</summary>
    public static bool KeepsProduct(SettledConflict settled) =>
        settled.Conflict.Row is { Entity: CatalogueFields.Product, Field: "status" } && (string?)settled.Value != Removal.Archived
            && Removal.Parse((string?)settled.Conflict.Local?[Removal.Field])?.Hours is not null;

    private static SettledConflict Keep(OpenConflict conflict, string closedAs, long? rule) => new(conflict, conflict.Row.Ours, StaysPending: true, closedAs, rule);

    // Ours, still under way, will overwrite what was taken: it must be sent once more then.
    private static SettledConflict Take(OpenConflict conflict, string closedAs, long? rule) => new(conflict, conflict.Row.Shopifys, conflict.InFlight, closedAs, rule);
}
