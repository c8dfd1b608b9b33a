using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.Conflicts;
using CowansDashboard.History;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// Decides, field by field, whether an item may still be sent as it was planned, after Shopify has been read once more, and what
/// has become of it after its answer. Pure.
/// </summary>
public static class PushDecision
{
    public const string NoLongerHere = "It is no longer here.";
    public const string TakenBack = "The edit was taken back.";
    public const string Deleted = "The product is deleted here; what waits of it goes when it is restored.";
    public const string KeptOut = "The product is excluded here; what waits of it goes when it is taken back.";
    public const string EditedAgain = "It was edited again after this was planned; plan it anew.";
    public const string Overtaken = "Shopify’s value changed each time at the moment at which ours came.";
    public const string InConflict = "Shopify holds another value; decide the conflict first.";

    public const string LastOfProduct = "All other variants are gone in Shopify, which keeps at least one; decide the conflict first.";

    public static string Overwrote(string field, JsonNode? theirs) => $"Sent over {Show(field, theirs)}, which came to Shopify meanwhile; that value is kept with the conflicts.";

    /// <summary>What of the item goes now; the rest is settled.</summary>
    /// <param name="item">As planned.</param>
    /// <param name="now">The row as it is; null when it is no longer here.</param>
    /// <param name="inConflict">Fields of the row in conflict.</param>
    public static ItemDecision Before(PushItem item, PendingEntity? now, IReadOnlySet<string> inConflict)
    {
        if (item.Entity == CollectionMembers.Entity)
            return CollectionMembers.Decide(item, now);
        // Both sides have made it: ours has become an edit of Shopify's.
        if (item.Kind == PushKind.Create && now is { Kind: PushKind.Update } && inConflict.Count > 0)
            return Stays(PushStatus.Conflict, InConflict);
        if (item.Kind == PushKind.Remove && now is { Kind: PushKind.Remove } && inConflict.Contains(LastVariants.Removed))
            return Stays(PushStatus.Conflict, LastOfProduct);
        if (item.Kind != PushKind.Update)
            return Whole(item, now);
        if (now is null)
            return new ItemDecision([], [new FieldFate("", PushStatus.Skipped, NoLongerHere)]);
        if (now.Row["deleted_at"] is not null)
            return new ItemDecision([], [new FieldFate("", PushStatus.Conflict, "It was deleted in Shopify.")]);
        // The order of a collection that is still to be made.
        if (now.Kind == PushKind.Create)
            return item.Changes().All(change => Same(change.Field, now.Row[change.Field], change.New) && now.Row[change.Field] is not null)
                ? new ItemDecision(item.Changes(), []) : new ItemDecision([], [new FieldFate("", PushStatus.Skipped, EditedAgain)]);
        var (go, stay) = (new List<PushedField>(), new List<FieldFate>());
        foreach (var change in item.Changes())
            switch (change.Field == MemberOrder.Field && now.Row[MemberOrder.Field] is null ? Ordered(item) : Field(Begun(item, change, now), now, inConflict))
            {
                case (PushedField sent, null):
                    go.Add(sent);
                    break;
                case (_, { } fate):
                    stay.Add(fate);
                    break;
            }
        return new ItemDecision(go, stay);
    }

    /// <summary>Whether a product was to be made, was never sent, and was deleted here since: nothing of it goes.</summary>
    public static bool IsGone(IEnumerable<PushItem> items, Func<PushItem, PendingEntity?> now) => items.Any(item =>
        item is { Entity: CatalogueFields.Product, Kind: PushKind.Create, Status: PushStatus.Waiting } && now(item) is { Kind: PushKind.Create } row && row.Row["deleted_at"] is not null);

    /// <summary>Why nothing of the item goes while its product is removed here; null where it may.</summary>
    public static FieldFate? Held(PushItem item, Removal? removal) =>
        removal is null || (removal.Hours is not null && item is { Entity: "product", Kind: PushKind.Update } && item.Changes().All(change => change.Field == "status"))
            ? null
            : new FieldFate("", PushStatus.Skipped, removal.Hours is null ? KeptOut : Deleted);

    /// <summary>What has become of a field that was sent. Null: nobody knows, it is read and sent again.</summary>
    public static FieldFate? After(PushedField sent, PendingEntity? now, FieldResult result, IReadOnlySet<string> inConflict)
    {
        if (now?.Entity == CollectionMembers.Entity)
            return CollectionMembers.After(sent, now, result);
        if (result is FieldResult.Refused refused && now?.Pending.ContainsKey(sent.Field) != false)
            return new FieldFate(sent.Field, PushStatus.Refused, refused.Words);
        if (now is null || !now.Pending.ContainsKey(sent.Field))
            return new FieldFate(sent.Field, PushStatus.Done,
                now is null || sent.Field == "image_url" || Same(sent.Field, now.Row[sent.Field], sent.New) ? null : $"Shopify wrote {Show(sent.Field, now.Row[sent.Field])} for {Show(sent.Field, sent.New)}.");
        // Heard while ours was under way: only another look tells which of the two Shopify holds now.
        if (inConflict.Contains(sent.Field))
            return null;
        return result is FieldResult.Taken || Same(sent.Field, now.Pending[sent.Field], sent.New)
            ? new FieldFate(sent.Field, PushStatus.Done, "Sent; it was edited again meanwhile, and that waits for the next push.")
            : null;
    }

    /// <summary>What has become of a row that was created or removed. Null: nobody knows yet.</summary>
    public static FieldFate? AfterWhole(PushItem item, PendingEntity? now, FieldResult result) => Whole(item, now) switch
    {
        { Stay: [var fate] } => fate,
        _ when result is FieldResult.Refused refused => new FieldFate("", PushStatus.Refused, refused.Words),
        _ when result is FieldResult.Taken && item.Entity == "inventory level" => new FieldFate("", PushStatus.Done, null),
        _ => null,
    };

    /// <summary>The item's status and words from those of its fields: the worst counts.</summary>
    public static SettledItem Settle(PushItem item, IReadOnlyList<FieldFate> fates)
    {
        PushStatus[] order = [PushStatus.Refused, PushStatus.Failed, PushStatus.Conflict, PushStatus.Done, PushStatus.Skipped];
        var status = fates.Count == 0 ? PushStatus.Done : fates.Select(fate => fate.Status).MinBy(one => Array.IndexOf(order, one));
        string[] words = [.. fates.Where(fate => fate.Words is not null).Select(fate => fate.Field.Length == 0 || fates.Count == 1 && item.Fields.Count <= 1 ? fate.Words! : $"{fate.Field.Replace('_', ' ')}: {fate.Words}").Distinct()];
        return new SettledItem(item.Id, status, words.Length == 0 ? null : string.Join(" ", words), item.Attempts);
    }

    /// <summary>The same of a row of which a part had been left out before it was sent: that is part of the outcome, and so is what arrived.</summary>
    public static SettledItem Settle(PushItem item, IReadOnlyList<FieldFate> fates, string? leftOut)
    {
        var settled = Settle(item, fates);
        var arrived = fates.Where(fate => fate is { Status: PushStatus.Done, Field.Length: > 0 }).Select(fate => fate.Field).Distinct().Count();
        if (leftOut is not null)
            settled = settled with { Status = settled.Status == PushStatus.Done ? PushStatus.Conflict : settled.Status, Outcome = string.Join(" ", new[] { settled.Outcome, leftOut }.OfType<string>()) };
        return settled.Status is PushStatus.Refused or PushStatus.Failed or PushStatus.Conflict && arrived > 0 && item.Fields.Count > arrived
            ? settled with { Outcome = Number($"{arrived} of {item.Fields.Count} values are in Shopify. {settled.Outcome}") } : settled;
    }

    private static ItemDecision Whole(PushItem item, PendingEntity? now) => (item.Kind, now) switch
    {
        (PushKind.Remove, null) => Stays(PushStatus.Done, null),
        (_, null) => Stays(PushStatus.Skipped, NoLongerHere),
        // One that was sent already goes once more all the same: its own answer alone tells its id, by which it is removed there.
        (PushKind.Create, { Kind: PushKind.Create } row) when row.Row["deleted_at"] is not null && item.Status == PushStatus.Waiting =>
            Stays(PushStatus.Skipped, NoLongerHere),
        (PushKind.Remove, { Kind: PushKind.Remove }) or (PushKind.Create, { Kind: PushKind.Create }) => new ItemDecision(item.Changes(), []) { Whole = true },
        (PushKind.Remove, { } row) => row.Row["deleted_at"] is not null ? Stays(PushStatus.Done, null) : Stays(PushStatus.Skipped, "Its removal was taken back."),
        (_, { } row) => row.Row["deleted_at"] is not null ? Stays(PushStatus.Skipped, NoLongerHere) : Stays(PushStatus.Done, null),
    };

    private static ItemDecision Stays(PushStatus status, string? words) => new([], [new FieldFate("", status, words)]);

    private static (PushedField?, FieldFate?) Field(PushedField planned, PendingEntity now, IReadOnlySet<string> inConflict)
    {
        var (field, before, value) = planned;
        var local = now.Row[field];
        if (!now.Pending.ContainsKey(field))
            return (null, Same(field, local, value)
                ? new FieldFate(field, PushStatus.Done, "Shopify holds it already.")
                : new FieldFate(field, PushStatus.Skipped, TakenBack));
        if (inConflict.Contains(field))
            return (null, new FieldFate(field, PushStatus.Conflict, InConflict));
        var agreed = now.Pending[field];
        if (field == "tags")
            return Tags(planned, agreed, local);
        if (field == "available" && (string?)now.Pending["how"] == "add")
            return Addition(planned, agreed, local);
        // An order that was agreed on before all its products were there says nothing of theirs.
        if (Same(field, agreed, value) && (field != MemberOrder.Field || MemberOrder.Covers(agreed, value)))
            return (null, new FieldFate(field, PushStatus.Done, "Sent; it was edited again meanwhile, and that waits for the next push."));
        if (!Same(field, agreed, before))
            return (null, new FieldFate(field, PushStatus.Conflict, $"Shopify's value has changed from {Show(field, before)} to {Show(field, agreed)} since this was planned."));
        return Same(field, local, value)
            ? (planned, null)
            : (null, new FieldFate(field, PushStatus.Skipped, EditedAgain));
    }

    // Moves go in batches: what was begun goes on from where it stands. One that Shopify still sorts by itself stands as it was read last.
    private static PushedField Begun(PushItem item, PushedField change, PendingEntity now) =>
        change.Field == MemberOrder.Field && now.Pending.ContainsKey(MemberOrder.Field)
            && (item.Status == PushStatus.Sent || (string?)(now.Pending["sort_order"] ?? now.Row["sort_order"]) != "MANUAL") ? change with { Base = now.Pending[MemberOrder.Field] } : change;

    // Without an order that waits the order is Shopify's: ours has become it, or was given up.
    private static (PushedField?, FieldFate?) Ordered(PushItem item) => (null, item.Status == PushStatus.Sent
        ? new FieldFate(MemberOrder.Field, PushStatus.Done, null)
        : new FieldFate(MemberOrder.Field, PushStatus.Skipped, "It waits no longer: Shopify has this order already, or it was taken back."));

    // Tags of others come and go: what was added and taken away here is what was planned.
    private static (PushedField?, FieldFate?) Tags(PushedField planned, JsonNode? agreed, JsonNode? local)
    {
        var (before, after, now, here) = (Elements(planned.Base), Elements(planned.New), Elements(agreed), Elements(local).ToHashSet());
        if (after.Except(before).Any(tag => !here.Contains(tag)) || before.Except(after).Any(here.Contains))
            return (null, new FieldFate("tags", PushStatus.Skipped, EditedAgain));
        string[] wanted = [.. now.Except(before.Except(after)).Union(after.Except(before)).Order(StringComparer.Ordinal)];
        return wanted.ToHashSet().SetEquals(now)
            ? (null, new FieldFate("tags", PushStatus.Done, "Shopify holds them already."))
            : (new PushedField("tags", agreed, new JsonArray([.. wanted.Select(tag => (JsonNode)tag)])), null);
    }

    // Sales go on: what was planned is the difference, which follows the quantity that Shopify holds by now.
    private static (PushedField?, FieldFate?) Addition(PushedField planned, JsonNode? agreed, JsonNode? local) =>
        Quantity(local) - Quantity(agreed) == Quantity(planned.New) - Quantity(planned.Base)
            ? (planned with { Base = agreed, New = local }, null)
            : (null, new FieldFate(planned.Field, PushStatus.Skipped, EditedAgain));

    private static long? Quantity(JsonNode? quantity) => quantity is null ? null : long.Parse(quantity.ToJsonString(), CultureInfo.InvariantCulture);

    private static string[] Elements(JsonNode? set) => [.. JsonValues.Elements(set)];

    private static bool Same(string field, JsonNode? left, JsonNode? right) => FieldValues.SameOf(field)(left, right);

    private static string Show(string field, JsonNode? value) => value switch
    {
        null or JsonArray { Count: 0 } => "nothing",
        JsonArray products when field == MemberOrder.Field => Number($"an order of {products.Count} products"),
        JsonObject when field == "definition" => "what it held",
        JsonArray pictures when field == "media_ids" => pictures.Count == 1 ? "1 picture" : Number($"{pictures.Count} pictures"),
        JsonArray list => Quoted(string.Join(", ", list.Select(Element))),
        JsonObject => Quoted(Element(value)),
        JsonValue flag when flag.TryGetValue<bool>(out var yes) => yes ? "yes" : "no",
        JsonValue text when text.TryGetValue<string>(out var written) => Quoted(written),
        _ => value.ToJsonString(),
    };

    // An option's value is an object with a name; of anything else that is made of parts, the parts.
    private static string Element(JsonNode? element) => element switch
    {
        null => "nothing",
        JsonObject value when value["name"] is { } name => Element(name),
        JsonObject value => string.Join(", ", value.Select(part => $"{part.Key.Replace('_', ' ')} {Element(part.Value)}")),
        JsonArray list => string.Join(", ", list.Select(Element)),
        _ => element.ToString(),
    };

    private static string Quoted(string text) => text.Length > 60 ? $"“{text[..60]}…”" : $"“{text}”";

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Which fields of an item go, and what has become of the others already.</summary>
public sealed record ItemDecision(IReadOnlyList<PushedField> Go, IReadOnlyList<FieldFate> Stay)
{
    /// <summary>A row is created or removed as a whole.</summary>
    public bool Whole { get; init; }

    public bool Goes => Whole || Go.Count > 0;
}

/// <summary>What became of one field, or of the row as a whole.</summary>
public sealed record FieldFate(string Field, PushStatus Status, string? Words);

/// <summary>What Shopify said about one field that was sent.</summary>
public abstract record FieldResult
{
    private FieldResult()
    {
    }

    public sealed record Taken : FieldResult;

    public sealed record Refused(string Words) : FieldResult;

    /// <summary>
    /// Shopify has written nothing, because it no longer holds what we last read. Read again, an addition follows and goes once more, and
    /// a value is a conflict.
    /// </summary>
    public sealed record Overtaken : FieldResult;

    /// <summary>No answer, or none yet.</summary>
    public sealed record Unknown(string? Words) : FieldResult;
}
