using System.Text.Json.Nodes;
using CowansDashboard.Conflicts;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Conflicts;

/// <summary>
/// One field under random histories: edits here, edits in Shopify, a push that sends and is answered, reads that come
/// at any moment, late and repeated. At rest both sides agree, or there is a conflict that names both values.
/// </summary>
public sealed class RowMergeProperties
{
    private static readonly Arbitrary<int[]> Steps = Gen.Choose(0, 59).ListOf(14).Select(steps => steps.ToArray()).ToArbitrary();

    [Theory]
    [InlineData("""[{"id":"1","name":"S","hasVariants":true},{"id":"9","name":"L","hasVariants":true}]""", "agreed")] // our own, which Shopify has named and counted
    [InlineData("""[{"id":"1","name":"S","hasVariants":false}]""", "returned")] // nothing but who uses a value
    [InlineData("""[{"id":"1","name":"Small","hasVariants":true}]""", null)]
    public void Option_values_are_compared_by_what_people_see_of_them(string remote, string? settled)
    {
        var values = JsonNode.Parse("""[{"id":"1","name":"S","hasVariants":true},{"name":"L"}]""");
        var merged = RowMerge.Merge(new() { ["option_values"] = values!.DeepClone() }, new() { ["option_values"] = JsonNode.Parse(remote) },
            new() { ["option_values"] = JsonNode.Parse("""[{"id":"1","name":"S","hasVariants":true}]""") }, ["option_values"], [],
            sent: settled == "agreed" ? new() { ["option_values"] = new JsonObject { ["value"] = values.DeepClone(), ["confirming"] = false } } : null);

        merged.Conflicts.Count.ShouldBe(settled is null ? 1 : 0);
        (merged.Pending is null).ShouldBe(settled == "agreed");
    }

    [Fact]
    public void No_edit_of_a_value_is_lost_whatever_the_order() =>
        Prop.ForAll(Steps, steps =>
        {
            var world = new World(isSet: false);
            foreach (var step in steps)
                world.Take(step);
            return world.Rest() && (world.InConflict
                ? world.LastHere is { } ours && world.Here == ours && world.ConflictShopifys == world.There
                : world.Here == world.There && world.Here == world.Last);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_set_never_conflicts_and_both_sides_end_with_the_same_elements() =>
        Prop.ForAll(Steps, steps =>
        {
            var world = new World(isSet: true);
            foreach (var step in steps)
                world.Take(step);
            return world.Rest() && !world.InConflict && world.Here == world.There && world.ElementsAsLastChangedHere();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Added_stock_arrives_once_however_the_stock_moves_meanwhile() =>
        Prop.ForAll(Steps, steps =>
        {
            var stock = new Stock();
            foreach (var step in steps)
                stock.Take(step);
            return stock.Rest() && stock.Here == stock.There && stock.There == stock.Expected;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Different_fields_never_conflict_and_equal_sides_never_do() =>
        Prop.ForAll(Gen.Choose(0, 3).ToArbitrary(), Gen.Choose(0, 3).ToArbitrary(), Gen.Choose(0, 3).ToArbitrary(), (agreed, ours, theirs) =>
        {
            var others = RowMerge.Merge(Row(("a", ours), ("b", agreed)), Row(("a", agreed), ("b", theirs)), Row(("a", agreed)), ["a", "b"], []);
            var equal = RowMerge.Merge(Row(("a", ours)), Row(("a", ours)), Row(("a", agreed)), ["a"], []);
            return others.Conflicts.Count == 0 && (int)others.Values["a"]! == ours && (int)others.Values["b"]! == theirs
                && equal.Conflicts.Count == 0 && equal.Pending is null;
        }).QuickCheckThrowOnFailure();

    private static JsonObject Row(params (string Field, int Value)[] fields) => new(fields.Select(field => KeyValuePair.Create(field.Field, (JsonNode?)field.Value)));

    /// <summary>Here and Shopify, with one field, and a push between them.</summary>
    private sealed class World(bool isSet)
    {
        private JsonNode? _here = Value(isSet, 0), _there = Value(isSet, 0), _sent;
        private JsonObject? _pending;
        private bool _inFlight, _arrived;
        private readonly Dictionary<int, bool> _changedHere = [];

        public string Here => Text(_here);
        public string There => Text(_there);
        public string Last { get; private set; } = Text(Value(isSet, 0));
        public string? LastHere { get; private set; }
        public bool InConflict { get; private set; }
        public string? ConflictShopifys { get; private set; }

        public void Take(int step)
        {
            var value = step / 6 % 4;
            switch (step % 6)
            {
                case 0 or 1 when !InConflict:
                    Edit(isSet ? Toggled(_here, value) : Value(false, value), value);
                    break;
                case 2 when !_inFlight && !InConflict:
                    Read();
                    // Elements that nobody touches here: of one that both touch, either may win.
                    _there = isSet ? Toggled(_there, 4 + value % 2) : Value(false, value);
                    Read();
                    if (!InConflict)
                        Last = LastHere = Here;
                    break;
                case 3:
                    Send();
                    break;
                case 4:
                    Arrive();
                    break;
                case 5:
                    Read();
                    break;
            }
        }

        /// <summary>Everything under way arrives, everything that waits is sent and read, until nothing moves.</summary>
        public bool Rest()
        {
            for (var i = 0; i < 6; i++)
            {
                Arrive();
                Confirm();
                Read();
                Send();
            }
            return InConflict || (_pending is null && !_inFlight);
        }

        public bool ElementsAsLastChangedHere() => _changedHere.All(one => Elements(_here).Contains($"{one.Key}") == one.Value);

        private void Edit(JsonNode? wanted, int element)
        {
            if (Text(wanted) == Here)
                return;
            var agreed = _pending is null ? _here : _pending["f"];
            _here = wanted;
            _changedHere[element] = Elements(wanted).Contains($"{element}");
            (Last, LastHere) = (Here, Here);
            _pending = !_inFlight && Here == Text(agreed) ? null : new JsonObject { ["f"] = agreed?.DeepClone() };
        }

        private void Send()
        {
            if (_inFlight || _pending is null || InConflict)
                return;
            (_sent, _inFlight, _arrived) = (_here?.DeepClone(), true, false);
        }

        private void Arrive()
        {
            if (!_inFlight || _arrived)
                return;
            _there = isSet ? Applied(_there, _pending!["f"], _sent) : _sent?.DeepClone();
            _arrived = true;
            Confirm();
        }

        private void Confirm()
        {
            if (!_inFlight || !_arrived)
                return;
            Merge(confirming: true);
            (_inFlight, _sent) = (false, null);
        }

        private void Read() => Merge(confirming: false);

        private void Merge(bool confirming)
        {
            if (_pending is null)
            {
                _here = _there?.DeepClone();
                return;
            }
            var sent = _inFlight ? new JsonObject { ["f"] = new JsonObject { ["value"] = _sent?.DeepClone(), ["confirming"] = confirming } } : null;
            var merged = RowMerge.Merge(new JsonObject { ["f"] = _here?.DeepClone() }, new JsonObject { ["f"] = _there?.DeepClone() }, _pending, ["f"], isSet ? ["f"] : [], null, sent);
            (_here, _pending) = (merged.Values["f"]?.DeepClone(), merged.Pending);
            InConflict = merged.Conflicts.Count > 0;
            ConflictShopifys = InConflict ? Text(merged.Conflicts[0].Shopifys) : null;
        }

        private static JsonNode Value(bool isSet, int value) => isSet ? new JsonArray() : value;

        private static JsonArray Toggled(JsonNode? set, int element) =>
            Elements(set).Contains($"{element}") ? Array(Elements(set).Where(one => one != $"{element}")) : Array(Elements(set).Append($"{element}"));

        private static JsonArray Applied(JsonNode? there, JsonNode? before, JsonNode? sent) =>
            Array(Elements(there).Where(one => Elements(sent).Contains(one) || !Elements(before).Contains(one)).Union(Elements(sent).Except(Elements(before))));

        private static string[] Elements(JsonNode? set) => set is JsonArray array ? [.. array.Select(one => one!.GetValue<string>())] : [];

        private static JsonArray Array(IEnumerable<string> elements) => [.. elements.Order(StringComparer.Ordinal).Select(one => (JsonNode)one)];

        private static string Text(JsonNode? value) => value is JsonArray ? string.Join(',', Elements(value).Order(StringComparer.Ordinal)) : value?.ToJsonString() ?? "null";
    }

    /// <summary>A quantity that is sold in Shopify and added to here; a push writes it only where Shopify still holds what it was compared with.</summary>
    private sealed class Stock
    {
        private JsonObject? _pending;
        private long? _sent;
        private long _from;
        private bool _answered;

        public long Here { get; private set; } = 100;
        public long There { get; private set; } = 100;
        public long Expected { get; private set; } = 100;

        public void Take(int step)
        {
            var by = step / 5 % 4 + 1;
            switch (step % 5)
            {
                case 0:
                    _pending ??= new JsonObject { ["available"] = Here, ["how"] = "add" };
                    Here += by;
                    Expected += by;
                    break;
                case 1:
                    There -= by;
                    Expected -= by;
                    break;
                case 2 when _sent is null && _pending is not null:
                    (_sent, _from, _answered) = (Here, (long)_pending["available"]!, false);
                    break;
                case 3:
                    Answer();
                    break;
                case 4:
                    Merge(confirming: false);
                    break;
            }
        }

        public bool Rest()
        {
            for (var i = 0; i < 8; i++)
            {
                Answer();
                Merge(confirming: false);
                if (_pending is not null)
                    (_sent, _from, _answered) = (Here, (long)_pending["available"]!, false);
            }
            return _pending is null && _sent is null;
        }

        private void Answer()
        {
            if (_sent is not { } sent || _answered)
                return;
            _answered = true;
            if (There == _from)
            {
                There = sent;
                Merge(confirming: true);
            }
            _sent = null;
        }

        private void Merge(bool confirming)
        {
            if (_pending is null)
            {
                Here = There;
                return;
            }
            var sent = _sent is { } value ? new JsonObject { ["available"] = new JsonObject { ["value"] = value, ["confirming"] = confirming } } : null;
            var merged = RowMerge.Merge(new JsonObject { ["available"] = Here }, new JsonObject { ["available"] = There }, _pending, ["available"], [], null, sent);
            (Here, _pending) = (JsonNode.Parse(merged.Values["available"]!.ToJsonString())!.GetValue<long>(), merged.Pending);
        }
    }
}
