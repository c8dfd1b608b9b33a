using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync.Push;

namespace CowansDashboard.Tests.Sync.AnyOrder;

/// <summary>
/// Remembers what Shopify was seen to hold and what others wrote there, and compares that in the end with the history and the
/// conflicts: no value that somebody wrote may have vanished without a trace.
/// </summary>
internal sealed class Witness(TestDatabase database, EditedShop shop, IReadOnlyList<WatchedField> fields)
{
    private readonly Dictionary<WatchedField, HashSet<string>> _held = fields.ToDictionary(field => field, _ => new HashSet<string>());
    private readonly Dictionary<WatchedField, string> _began = [];
    private readonly Dictionary<WatchedField, JsonNode?> _inShop = [];
    private readonly List<ForeignWrite> _foreign = [];
    private long _firstChange;
    private long _firstConflict;

    /// <summary>Both sides agree: from here on it is watched.</summary>
    public async Task Begin()
    {
        foreach (var field in fields)
            _held[field].Clear();
        _foreign.Clear();
        await Look();
        foreach (var field in fields)
            _began[field] = WatchedField.Text(await Local(field));
        _firstChange = await database.Scalar<long>("select coalesce(max(id), 0) from changes");
        _firstConflict = await database.Scalar<long>("select coalesce(max(id), 0) from conflicts");
    }

    public async Task<JsonNode?> Local(WatchedField field) =>
        JsonNode.Parse(await database.Scalar<string>($"select jsonb_build_array({field.Name})::text from {field.Table} where id = $1", field.Id))![0]?.DeepClone();

    /// <summary>Notes what Shopify holds now.</summary>
    public async Task Look()
    {
        foreach (var ofState in fields.GroupBy(field => field.State))
        {
            var rows = (await shop.Demo.State(ofState.Key)).ToDictionary(row => row.GetProperty("id").GetString()!);
            foreach (var field in ofState)
            {
                _inShop[field] = field.FromShop(rows[field.ShopId].GetProperty(field.ShopName));
                _held[field].Add(WatchedField.Text(_inShop[field]));
            }
        }
    }

    /// <summary>Somebody else changes the field in Shopify.</summary>
    /// <returns>What was written; null where it was so already.</returns>
    public async Task<string?> WriteInShopify(WatchedField field, int choice, bool touch, bool duringPush)
    {
        await Look();
        var value = field.Another(_inShop[field], choice);
        if (WatchedField.Text(value) == WatchedField.Text(_inShop[field]))
            return null;
        var answer = await shop.Demo.Edit(field.Kind, field.ShopId, new Dictionary<string, object> { [field.ShopName] = field.ToShop(value) }, touch);
        var before = field.FromShop(answer.GetProperty(field.ShopName));
        _held[field].Add(WatchedField.Text(before));
        _held[field].Add(WatchedField.Text(value));
        _foreign.Add(new ForeignWrite(field, before, value, duringPush));
        return WatchedField.Text(value);
    }

    /// <summary>What has vanished, or changed without a trace; empty when all is well.</summary>
    public async Task<List<string>> Complaints()
    {
        await Look();
        var complaints = new List<string>();
        foreach (var field in fields)
        {
            var history = await History(field);
            var conflicts = await Conflicts(field);
            var local = await Local(field);
            IEnumerable<string> found = [.. Unbroken(field, history, local), .. field.IsSet ? OfSet(field, history, conflicts, local) : OfValue(field, history, conflicts, local)];
            complaints.AddRange(found.Select(complaint => $"{field}: {complaint}\n    history: {string.Join(", ", history)}\n    conflicts: {string.Join(", ", conflicts)}"));
        }
        return complaints;
    }

    // Every value here came to be by a change that the history knows.
    private IEnumerable<string> Unbroken(WatchedField field, List<Change> history, JsonNode? local)
    {
        var now = _began[field];
        foreach (var change in history)
        {
            if (WatchedField.Text(change.Old) != now)
                yield return $"held “{now}” and then “{WatchedField.Text(change.Old)}” without a change in between";
            now = WatchedField.Text(change.New);
        }
        if (now != WatchedField.Text(local))
            yield return $"holds “{WatchedField.Text(local)}”, and its last change left “{now}”";
    }

    private IEnumerable<string> OfValue(WatchedField field, List<Change> history, List<Conflict> conflicts, JsonNode? local)
    {
        var known = history.SelectMany(change => new[] { change.Old, change.New }).Concat(conflicts.SelectMany(one => new[] { one.Base, one.Ours, one.Shopifys })).Append(local)
            .Select(WatchedField.Text).ToHashSet();
        var foreign = _foreign.Where(write => write.Field == field).ToList();
        var theirs = foreign.Select(write => WatchedField.Text(write.Value)).Append(_began[field]).SelectMany(text => Followed(field, history, text)).ToHashSet();
        for (var i = 1; i < history.Count; i++)
        {
            var lost = WatchedField.Text(history[i].Old);
            if (history[i].IsRemote && !history[i - 1].IsRemote && !_held[field].Contains(lost) && !conflicts.Any(one => WatchedField.Text(one.Ours) == lost))
                yield return $"the edit “{lost}” was replaced by Shopify's value and had never been there";
        }
        foreach (var change in history.Where(change => change.IsRemote && !theirs.Contains(WatchedField.Text(change.New))))
            yield return $"“{WatchedField.Text(change.New)}”, which only we have written, came back as a change in Shopify";
        foreach (var conflict in conflicts.Where(one => !theirs.Contains(WatchedField.Text(one.Shopifys))))
            yield return $"“{WatchedField.Text(conflict.Shopifys)}”, which only we have written, is in a conflict as Shopify's";
        foreach (var (write, i) in foreign.Select((write, i) => (write, i)))
        {
            var text = WatchedField.Text(write.Value);
            if (!write.DuringPush && !Followed(field, history, text).Any(known.Contains) && !foreign.Skip(i + 1).Any(later => WatchedField.Text(later.Before) == text))
                yield return $"“{text}”, which somebody wrote in Shopify, vanished unheard";
        }
    }

    // An addition to stock that waits follows what Shopify holds: heard of it is the sum.
    private static IEnumerable<string> Followed(WatchedField field, List<Change> history, string text) => field.Name != "available" || !long.TryParse(text, CultureInfo.InvariantCulture, out var held)
        ? [text]
        : [text, .. history.Where(change => !change.IsRemote && change.Old is not null && change.New is not null)
            .Select(change => held + long.Parse(WatchedField.Text(change.New), CultureInfo.InvariantCulture) - long.Parse(WatchedField.Text(change.Old), CultureInfo.InvariantCulture))
            .Select(sum => sum.ToString(CultureInfo.InvariantCulture))];

    private IEnumerable<string> OfSet(WatchedField field, List<Change> history, List<Conflict> conflicts, JsonNode? local)
    {
        // A rule that puts ours back says so in a conflict, which a person may have to settle.
        var decided = conflicts.SelectMany(one => WatchedField.Elements(one.Ours).Concat(WatchedField.Elements(one.Shopifys))).ToHashSet();
        var last = WatchedField.Elements(local).ToHashSet();
        var foreign = _foreign.Where(write => write.Field == field).ToList();
        bool TheyAdded(string tag) => foreign.Any(write => Added(write.Before, write.Value).Contains(tag));
        bool TheyRemoved(string tag) => foreign.Any(write => Added(write.Value, write.Before).Contains(tag));
        for (var i = 0; i < history.Count; i++)
        {
            if (history[i].IsRemote)
                continue;
            foreach (var tag in Added(history[i].Old, history[i].New).Where(tag => !last.Contains(tag)))
                if (history.Skip(i + 1).FirstOrDefault(later => Added(later.New, later.Old).Contains(tag)) is not { } removed || removed.IsRemote && !TheyRemoved(tag))
                    yield return $"the added tag “{tag}” is gone, and nobody removed it";
            foreach (var tag in Added(history[i].New, history[i].Old).Where(last.Contains))
                if (history.Skip(i + 1).FirstOrDefault(later => Added(later.Old, later.New).Contains(tag)) is not { } added || added.IsRemote && !TheyAdded(tag))
                    yield return $"the removed tag “{tag}” is there, and nobody added it";
        }
        var ours = history.Where(change => !change.IsRemote).ToList();
        foreach (var write in foreign)
        {
            foreach (var tag in Added(write.Before, write.Value).Where(tag => !last.Contains(tag) && !decided.Contains(tag) && !TheyRemoved(tag) && !ours.Any(change => Added(change.New, change.Old).Contains(tag))))
                yield return $"the tag “{tag}”, which somebody added in Shopify, is gone, and nobody removed it";
            foreach (var tag in Added(write.Value, write.Before).Where(tag => last.Contains(tag) && !decided.Contains(tag) && !TheyAdded(tag) && !ours.Any(change => Added(change.Old, change.New).Contains(tag))))
                yield return $"the tag “{tag}”, which somebody removed in Shopify, is there, and nobody added it";
        }
    }

    private static IEnumerable<string> Added(JsonNode? before, JsonNode? after) => WatchedField.Elements(after).Except(WatchedField.Elements(before));

    private async Task<List<Change>> History(WatchedField field)
    {
        await using var command = database.Source.CreateCommand("""
            select s.kind, c.old::text, c.new::text from changes c join change_sets s on s.id = c.change_set_id
            where c.entity = $1 and c.entity_id = $2 and c.field = $3 and c.id > $4 order by c.id
            """);
        foreach (var parameter in new object[] { field.Entity, field.Id, field.Name, _firstChange })
            command.Parameters.Add(new() { Value = parameter });
        await using var reader = await command.ExecuteReaderAsync();
        var changes = new List<Change>();
        while (await reader.ReadAsync())
            changes.Add(new Change(reader.GetString(0), Json(reader.IsDBNull(1) ? null : reader.GetString(1)), Json(reader.IsDBNull(2) ? null : reader.GetString(2))));
        return changes;
    }

    private async Task<List<Conflict>> Conflicts(WatchedField field)
    {
        await using var command = database.Source.CreateCommand("""
            select coalesce(closed_as, 'open'), base::text, ours::text, shopifys::text from conflicts
            where entity = $1 and entity_id = $2 and field = $3 and id > $4 order by id
            """);
        foreach (var parameter in new object[] { field.Entity, field.Id, field.Name, _firstConflict })
            command.Parameters.Add(new() { Value = parameter });
        await using var reader = await command.ExecuteReaderAsync();
        var conflicts = new List<Conflict>();
        while (await reader.ReadAsync())
            conflicts.Add(new Conflict(reader.GetString(0), Json(reader.GetString(1)), Json(reader.GetString(2)), Json(reader.GetString(3))));
        return conflicts;
    }

    private static JsonNode? Json(string? text) => text is null ? null : JsonNode.Parse(text);

    private sealed record ForeignWrite(WatchedField Field, JsonNode? Before, JsonNode Value, bool DuringPush);

    private sealed record Change(string Kind, JsonNode? Old, JsonNode? New)
    {
        public bool IsRemote => Kind == "remote";

        public override string ToString() => $"{Kind} “{WatchedField.Text(Old)}” → “{WatchedField.Text(New)}”";
    }

    private sealed record Conflict(string End, JsonNode? Base, JsonNode? Ours, JsonNode? Shopifys)
    {
        public override string ToString() => $"{End} (base “{WatchedField.Text(Base)}”, ours “{WatchedField.Text(Ours)}”, Shopify's “{WatchedField.Text(Shopifys)}”)";
    }
}
