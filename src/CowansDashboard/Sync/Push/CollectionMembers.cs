using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.Collections;
using CowansDashboard.History;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// The products that were put into a collection by hand, and those that were taken out, as one row of a plan: a field of each holds
/// our ids. What became of them is decided by the rows that still wait. Pure.
/// </summary>
public static class CollectionMembers
{
    /// <summary>What such a row of a plan is about; the id is the collection's.</summary>
    public const string Entity = "collection members";

    public const string Added = "added", Removed = "removed";

    /// <summary>Those that were put in and are not in Shopify yet themselves; no field that is sent.</summary>
    public const string Unknown = "unknown";

    /// <summary>What of the item goes now: those that still wait.</summary>
    public static ItemDecision Decide(PushItem item, PendingEntity? now)
    {
        var (go, stay) = (new List<PushedField>(), new List<FieldFate>());
        foreach (var change in item.Changes())
        {
            var left = Left(change, now);
            if (left.Count > 0)
                go.Add(change with { New = left });
            else
                stay.Add(item.Status == PushStatus.Sent
                    ? new FieldFate(change.Field, PushStatus.Done, null)
                    : new FieldFate(change.Field, PushStatus.Skipped, "They wait no longer: Shopify has them so already, or it was taken back."));
        }
        return new ItemDecision(go, stay);
    }

    /// <summary>What has become of them. Null: nobody knows, it is read and sent again.</summary>
    public static FieldFate? After(PushedField sent, PendingEntity? now, FieldResult result) => Left(sent, now).Count == 0
        ? new FieldFate(sent.Field, PushStatus.Done, null)
        : result is FieldResult.Refused refused ? new FieldFate(sent.Field, PushStatus.Refused, refused.Words) : null;

    /// <summary>Of these those that still wait.</summary>
    private static JsonArray Left(PushedField field, PendingEntity? now)
    {
        var waiting = Ids(now?.Row[field.Field]).ToHashSet();
        return [.. Ids(field.New).Where(waiting.Contains).Select(id => (JsonNode)id)];
    }

    /// <summary>Into which source products are put that somebody picks; null where the collection is made of others alone. A collection without any gets one.</summary>
    public static HeldSource? Into(IReadOnlyList<HeldSource> sources) =>
        sources.Where(source => source.Type == SourceChecks.ByConditions)
            .OrderBy(source => source.Definition["shareable"]?.GetValueKind() == System.Text.Json.JsonValueKind.True)
            .ThenBy(source => source.Definition["inclusion"]?["conditions"] is JsonArray { Count: > 0 }).FirstOrDefault();

    /// <summary>Shopify's ids of the products that were picked into a source.</summary>
    public static HashSet<long> Picked(HeldSource source) => SourceChecks.Referred([source.Definition["inclusion"]?["selections"]], "Product").ToHashSet();

    /// <summary>Those of a plan that can go and those that cannot, because they are not in Shopify and nothing in the plan brings them there.</summary>
    public static IEnumerable<(PushedField Change, string? Refused)> Split(PendingEntity entity, PushedField change, IReadOnlySet<long> made)
    {
        var unknown = change.Field == Added ? Ids(entity.Row[Unknown]).Where(id => !made.Contains(id)).ToHashSet() : [];
        foreach (var (ids, refused) in new[] { (Of(id => !unknown.Contains(id)), null), (Of(unknown.Contains), (string?)"They are not in Shopify yet; push them first.") })
            if (ids.Count > 0)
                yield return (change with { New = ids }, refused);

        JsonArray Of(Func<long, bool> which) => [.. Ids(change.New).Where(which).Select(id => (JsonNode)id)];
    }

    /// <summary>"5 products put in".</summary>
    public static string Words(string field, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {(count == 1 ? "product" : "products")} {(field == Added ? "put in" : "taken out")}");

    /// <summary>Calls that this takes.</summary>
    public static int Calls(PushEntity members) => members.Fields.Sum(field => (Ids(field.New).Count() + ReorderMoves.AtOnce - 1) / ReorderMoves.AtOnce);

    public static IEnumerable<long> Ids(JsonNode? list) => list is JsonArray ids ? ids.Select(id => (long)JsonValues.Number(id)) : [];
}

/// <summary>A source as Shopify holds it.</summary>
public sealed record HeldSource(string Gid, string Type, JsonObject Definition);
