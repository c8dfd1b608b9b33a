using System.Text.Json.Nodes;
using CowansDashboard.Conflicts.Rules;

namespace CowansDashboard.Conflicts;

/// <summary>
/// Merges Shopify's new content into a row with pending edits, field by field. Pure: rows come and go as JSON objects
/// of columns, as PostgreSQL's to_jsonb writes them. What a push has sent and awaits comes as field → {value, confirming, recent}.
/// </summary>
public static class RowMerge
{
    /// <param name="ruleOf">What the shop's rules say of a field; null where no rule speaks of it.</param>
    /// <param name="sent">What a push has sent of the row and awaits.</param>
    /// <param name="rewritten">Fields of which Shopify makes something else than it was sent: a picture gets an address of its own.</param>
    public static MergedRow Merge(
        JsonObject local, JsonObject remote, JsonObject pending, IReadOnlyCollection<string> fields, IReadOnlyCollection<string> sets,
        Func<string, FieldRule?>? ruleOf = null, JsonObject? sent = null, IReadOnlyCollection<string>? rewritten = null)
    {
        var values = new JsonObject();
        var left = (JsonObject)pending.DeepClone();
        var conflicts = new List<FieldConflict>();
        var settled = new List<SettledField>();
        var ruled = new List<RuledField>();
        var mustBeReadAgain = false;
        foreach (var field in fields)
        {
            if (!pending.ContainsKey(field))
            {
                Clean(field);
                continue;
            }
            var awaited = sent?[field] as JsonObject;
            switch (sets.Contains(field) ? Set(local[field], pending[field], remote[field], awaited)
                : field == "available" && (string?)pending["how"] == "add" ? Added(local[field], pending[field], remote[field], awaited)
                : Waits(field, awaited) ? null
                : One(FieldValues.SameOf(field), local[field], pending[field], remote[field], awaited))
            {
                case null:
                    values[field] = local[field]?.DeepClone();
                    mustBeReadAgain = true;
                    break;
                case FieldVerdict<JsonNode?>.Agreed agreed:
                    values[field] = agreed.Local?.DeepClone();
                    left.Remove(field);
                    settled.Add(new SettledField(field, IsEcho(field, awaited, remote[field]) ? "overwritten" : "agreed"));
                    break;
                case FieldVerdict<JsonNode?>.Kept kept:
                    values[field] = kept.Local?.DeepClone();
                    left[field] = kept.Base?.DeepClone();
                    settled.Add(new SettledField(field, IsEcho(field, awaited, remote[field]) ? "overwritten" : "returned"));
                    break;
                case FieldVerdict<JsonNode?>.Conflict conflict:
                    Both(new FieldConflict(field, conflict.Base?.DeepClone(), conflict.Local?.DeepClone(), conflict.Shopifys?.DeepClone()));
                    break;
            }
        }
        if (!left.ContainsKey("available"))
            left.Remove("how");
        return new MergedRow(values, left.Count == 0 ? null : left, conflicts, settled) { Ruled = ruled, MustBeReadAgain = mustBeReadAgain };

        // Ours on its way, or what Shopify made of it: the push that sent it knows, once it has its answer. Long after it was sent no
        // answer comes any more: then it may as well be a stranger's, and asking once too often is the cheaper mistake.
        bool Waits(string field, JsonObject? awaited) => awaited is not null && IsRecent(awaited) && !IsConfirming(awaited) && rewritten?.Contains(field) == true
            && FieldValues.SameOf(field) is var same && !same(remote[field], pending[field]) && !same(remote[field], local[field]) && !same(remote[field], awaited["value"]);

        void Both(FieldConflict conflict)
        {
            var field = conflict.Field;
            switch (ruleOf?.Invoke(field))
            {
                case { Owner: FieldOwner.Shopify } rule:
                    values[field] = conflict.Shopifys?.DeepClone();
                    // Ours, still under way, will overwrite what was taken: it must be sent once more then.
                    if (sent?.ContainsKey(field) == true)
                        left[field] = conflict.Shopifys?.DeepClone();
                    else
                        left.Remove(field);
                    ruled.Add(new RuledField(conflict, rule.RuleId, "rule-shopify"));
                    break;
                case { Owner: FieldOwner.Dashboard } rule:
                    values[field] = conflict.Ours?.DeepClone();
                    left[field] = conflict.Shopifys?.DeepClone();
                    ruled.Add(new RuledField(conflict, rule.RuleId, "rule-dashboard"));
                    break;
                default:
                    values[field] = conflict.Ours?.DeepClone();
                    conflicts.Add(conflict);
                    break;
            }
        }

        // A field that nobody edited here but that is ours: what Shopify made of it is not taken, and ours goes back with
        // the next push. Where that has happened too often in a day somebody fights over it, and a person must look.
        void Clean(string field)
        {
            if (ruleOf?.Invoke(field) is not { Reclaims: true } rule || FieldValues.SameOf(field)(local[field], remote[field]))
            {
                values[field] = remote[field]?.DeepClone();
                return;
            }
            values[field] = local[field]?.DeepClone();
            left[field] = rule.IsWornOut ? local[field]?.DeepClone() : remote[field]?.DeepClone();
            var conflict = new FieldConflict(field, local[field]?.DeepClone(), local[field]?.DeepClone(), remote[field]?.DeepClone());
            if (rule.IsWornOut)
                conflicts.Add(conflict);
            else
                ruled.Add(new RuledField(conflict, rule.RuleId, "rule-reclaimed"));
        }
    }

    // Shopify took what was sent: what it shows now is what it made of it, and what was sent is no longer to be sent.
    private static FieldVerdict<JsonNode?> One(Func<JsonNode?, JsonNode?, bool> same, JsonNode? local, JsonNode? agreed, JsonNode? remote, JsonObject? awaited) =>
        awaited is null ? FieldMerge.Decide(local, new PendingField<JsonNode?>(agreed), remote, same)
            : !IsConfirming(awaited) ? FieldMerge.Decide(local, new PendingField<JsonNode?>(agreed, true, awaited["value"]), remote, same)
            : same(local, awaited["value"]) ? new FieldVerdict<JsonNode?>.Agreed(remote)
            : FieldMerge.Decide(local, new PendingField<JsonNode?>(remote), remote, same);

    // Ours has arrived. A conflict that is open then was heard while ours was under way: its value was written over.
    private static bool IsEcho(string field, JsonObject? awaited, JsonNode? remote) => awaited is not null && FieldValues.SameOf(field)(remote, awaited["value"]);

    private static FieldVerdict<JsonNode?> Set(JsonNode? local, JsonNode? agreed, JsonNode? remote, JsonObject? awaited)
    {
        if (awaited is null)
            return Set(local, agreed, remote);
        var (sent, before, now) = (Elements(awaited["value"]).ToHashSet(), Elements(agreed).ToHashSet(), Elements(remote).ToHashSet());
        if (IsConfirming(awaited))
            return sent.SetEquals(Elements(local)) ? new FieldVerdict<JsonNode?>.Agreed(remote) : Set(local, awaited["value"], remote);
        // An element that was sent is agreed on as Shopify shows it, arrived or not: what was changed here after that is still to be sent.
        var underway = sent.Except(before).Union(before.Except(sent)).ToHashSet();
        var verdict = Set(local, Array([.. before.Except(underway).Union(now.Intersect(underway))]), remote);
        return verdict is FieldVerdict<JsonNode?>.Agreed && !underway.All(element => now.Contains(element) == sent.Contains(element))
            ? new FieldVerdict<JsonNode?>.Kept(remote, remote)
            : verdict;
    }

    /// <summary>
    /// Stock that was added to follows Shopify's quantity. While an addition is under way, another quantity than the awaited one says
    /// nothing: it may hold the addition or not. Null: leave all as it is and read the row again.
    /// </summary>
    private static FieldVerdict<JsonNode?>? Added(JsonNode? local, JsonNode? agreed, JsonNode? remote, JsonObject? awaited)
    {
        var (here, before, now) = (Quantity(local), Quantity(agreed), Quantity(remote));
        if (awaited is null)
            return new FieldVerdict<JsonNode?>.Kept(now + here - before, remote);
        var sent = Quantity(awaited["value"]);
        if (IsConfirming(awaited) || now == sent)
            return here == sent ? new FieldVerdict<JsonNode?>.Agreed(remote) : new FieldVerdict<JsonNode?>.Kept(now + here - sent, remote);
        return null;
    }

    private static long Quantity(JsonNode? value) => value is null ? 0 : (long)decimal.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);

    private static bool IsConfirming(JsonObject awaited) => awaited["confirming"]?.GetValue<bool>() == true;

    private static bool IsRecent(JsonObject awaited) => awaited["recent"]?.GetValue<bool>() == true;

    private static FieldVerdict<JsonNode?> Set(JsonNode? local, JsonNode? agreed, JsonNode? remote) =>
        FieldMerge.DecideSet(Elements(local), Elements(agreed), Elements(remote)) switch
        {
            FieldVerdict<IReadOnlyList<string>>.Kept kept => new FieldVerdict<JsonNode?>.Kept(Array(kept.Local), Array(kept.Base)),
            _ => new FieldVerdict<JsonNode?>.Agreed(remote),
        };

    private static string[] Elements(JsonNode? array) =>
        array is JsonArray elements ? [.. elements.Where(element => element is not null).Select(element => element!.GetValue<string>())] : [];

    private static JsonArray Array(IReadOnlyList<string> elements) => [.. elements.Order(StringComparer.Ordinal).Select(element => (JsonNode)element)];
}

/// <summary>The values that the row takes, what stays pending, and which fields are in conflict or no longer are.</summary>
public sealed record MergedRow(JsonObject Values, JsonObject? Pending, IReadOnlyList<FieldConflict> Conflicts, IReadOnlyList<SettledField> Settled)
{
    /// <summary>Fields that a rule decided.</summary>
    public IReadOnlyList<RuledField> Ruled { get; init; } = [];

    /// <summary>A value could not be judged yet: the row counts as changed at the next read, whatever that brings.</summary>
    public bool MustBeReadAgain { get; init; }
}

/// <summary>A field that both sides changed.</summary>
public sealed record FieldConflict(string Field, JsonNode? Base, JsonNode? Ours, JsonNode? Shopifys);

/// <summary>A field whose open conflict, if it has one, closes itself: Shopify returned to the base, both agree, or a push wrote over Shopify's.</summary>
public sealed record SettledField(string Field, string As);

/// <summary>A field that both sides changed, or that Shopify changed although it is ours, and how a rule decided it.</summary>
public sealed record RuledField(FieldConflict Conflict, long RuleId, string As);
