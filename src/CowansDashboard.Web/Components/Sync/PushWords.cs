using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Sync.Push;
using CowansDashboard.Web.Components.Collections;
using CowansDashboard.Web.Components.Kit;

namespace CowansDashboard.Web.Components.Sync;

/// <summary>How plans and their items are said.</summary>
public static class PushWords
{
    const int LongestValue = 80;
    const string OnlyVariant = "Default Title";

    public static string State(PushPlanRow plan, CowansDashboard.Runs.RunStatus? run) => run switch
    {
        null when plan.NeedsApproval && !plan.IsApproved => "Needs approval",
        null when plan.IsApproved => "Approved",
        null => "Nothing sent yet",
        CowansDashboard.Runs.RunStatus.Succeeded => string.Join(", ", new[] { RunWords.State(CowansDashboard.Runs.RunStatus.Succeeded), HeldBack(plan) }.OfType<string>()),
        { } status => RunWords.State(status),
    };

    public static Tone Tone(PushPlanRow plan, CowansDashboard.Runs.RunStatus? run) => run switch
    {
        null => plan.NeedsApproval && !plan.IsApproved ? Kit.Tone.Wait : Kit.Tone.Neutral,
        CowansDashboard.Runs.RunStatus.Succeeded => Bad(plan) > 0 ? Kit.Tone.Wait : Kit.Tone.Ok,
        CowansDashboard.Runs.RunStatus.Failed => Kit.Tone.Bad,
        CowansDashboard.Runs.RunStatus.Running => Kit.Tone.Run,
        _ => Kit.Tone.Wait,
    };

    public static int Bad(PushPlanRow plan) => plan.Counts.GetValueOrDefault(PushStatus.Refused) + plan.Counts.GetValueOrDefault(PushStatus.Failed) + plan.Counts.GetValueOrDefault(PushStatus.Conflict);

    /// <summary>"194 calls, 12 of them to look".</summary>
    public static string Calls(PushPlanRow plan) => plan.Path == "bulk"
        ? $"{Figure.Count(plan.Operations, "call")}, as lines of a bulk operation{(plan.Looks > 0 ? $", and {Figure.Count(plan.Looks)} to look" : null)}"
        : $"{Figure.Count(plan.Operations + plan.Looks, "call")}{(plan.Looks > 0 ? $", {Figure.Count(plan.Looks)} of them to look" : null)}";

    public static string NotTaken(RefusedRows refused) =>
        $"Shopify has not taken {Figure.Count(refused.Rows, "row")}{(refused.Products + refused.Collections == 1 ? null : $" of {Owners(refused.Products, refused.Collections)}")} that {(refused.Rows == 1 ? "was" : "were")} pushed";

    public static string HeldBackUrl(long plan) => FormattableString.Invariant($"/sync/push/{plan}?show=held");

    /// <summary>"1 refused, 2 in conflict"; null where nothing is.</summary>
    static string? HeldBack(PushPlanRow plan)
    {
        var conflicts = plan.Counts.GetValueOrDefault(PushStatus.Conflict);
        var refused = Bad(plan) - conflicts;
        string[] held = [.. refused > 0 ? [$"{Figure.Count(refused)} refused"] : Array.Empty<string>(), .. conflicts > 0 ? [$"{Figure.Count(conflicts)} in conflict"] : Array.Empty<string>()];
        return held.Length == 0 ? null : string.Join(", ", held);
    }

    public static (Tone Tone, string Words) Outcome(PushItemRow item) => item switch
    {
        { Excluded: true } => (Kit.Tone.Neutral, "Left out"),
        { Status: PushStatus.Waiting } => (Kit.Tone.Pending, "Will be sent"),
        { Status: PushStatus.Sent } => (Kit.Tone.Run, "On its way"),
        { Status: PushStatus.Done } => (Kit.Tone.Ok, item.Outcome ?? "In Shopify"),
        { Status: PushStatus.Conflict } => (Kit.Tone.Conflict, item.Outcome ?? "In conflict"),
        { Status: PushStatus.Skipped } => (Kit.Tone.Neutral, item.Outcome ?? "Left out"),
        _ => (Kit.Tone.Bad, item.Outcome ?? "Refused"),
    };

    /// <summary>What happens to the row, where it is more than a change of fields.</summary>
    public static string? Whole(PushItemRow item) => (item.Kind, item.Entity) switch
    {
        (PushKind.Create, "product publication" or "collection publication") => "Publish",
        (PushKind.Remove, "product publication" or "collection publication") => "Take back",
        (PushKind.Remove, "collection") => "Delete",
        (PushKind.Create, "collection member") => "Put in",
        (PushKind.Remove, "collection member") => "Take out",
        (PushKind.Create, "media") => "Attach",
        (PushKind.Remove, "media") => "Detach",
        (PushKind.Create, _) => "Create",
        (PushKind.Remove, _) => "Remove",
        _ => null,
    };

    /// <summary>Whose rows the plan holds: "3 products and 1 collection".</summary>
    public static string Owners(PushPlanRow plan) => Owners(plan.Products, plan.Collections);

    public static string Owners(long products, long collections) => (products, collections) switch
    {
        (_, 0) => Figure.Count(products, "product"),
        (0, _) => Figure.Count(collections, "collection"),
        _ => $"{Figure.Count(products, "product")} and {Figure.Count(collections, "collection")}",
    };

    /// <summary>"1 product and 2 collections carry edits".</summary>
    public static string Carry(long products, long collections) => $"{Owners(products, collections)} {(products + collections == 1 ? "carries" : "carry")} edits";

    public static string Heading(PushPlanRow plan) => (plan.Products, plan.Collections) switch
    {
        (_, 0) => "Product",
        (0, _) => "Collection",
        _ => "Product or collection",
    };

    public static string PageOf(PushItemRow item) => item.CollectionId is { } collection ? CollectionPagePath.Of(collection) : Products.ProductPagePath.Of(item.ProductId);

    /// <summary>Which row of the product it is; a product without options has one variant, which nobody calls by a name.</summary>
    public static string Row(PushItemRow item) =>
        item.Entity switch { CatalogueFields.Collection => "Collection", CollectionMembers.Entity => "Products by hand", _ => null } ?? $"{RunWords.Sentence(item.Entity)} {(item.Name.StartsWith(OnlyVariant, StringComparison.Ordinal) ? item.Name[OnlyVariant.Length..].TrimStart(' ', '·') : item.Name)}".TrimEnd();

    public static string Field(PushItemRow item, string column) => CatalogueFields.LabelOf(item.Entity, column);

    public static string Value(string column, JsonNode? value, string currency)
    {
        var text = value switch
        {
            null => "none",
            JsonValue price when column is "price" or "compare_at_price" or "unit_cost" && price.GetValueKind() == JsonValueKind.Number => Figure.Money(JsonValues.Number(price), currency),
            JsonArray { Count: 0 } => "none",
            JsonArray members when column is CollectionMembers.Added or CollectionMembers.Removed => Figure.Count(members.Count, "product"),
            JsonArray list => string.Join(", ", list.Select(one => one is JsonObject named ? named["name"]?.ToString() : one?.ToString())),
            JsonValue one when one.TryGetValue<bool>(out var yes) => yes ? "yes" : "no",
            JsonValue one when one.TryGetValue<string>(out var written) => written.Length == 0 ? "none" : written,
            _ => value.ToJsonString(),
        };
        return text.Length <= LongestValue ? text : $"{text[..LongestValue]}…";
    }
}
