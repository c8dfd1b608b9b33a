using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;

namespace CowansDashboard.Tests.Collections;

public sealed partial class PulledCollectionsTests
{
    [Fact]
    public async Task Every_source_that_is_read_is_written_back_saying_the_same_and_one_that_says_the_same_keeps_the_ids_of_its_conditions()
    {
        var held = await shop.Database.Scalar<string[]>("select array_agg(source_type || ' ' || definition::text) from collection_sources where store_id = $1", shop.Store);

        var wrong = new List<string>();
        foreach (var (type, text) in held.Select(each => (each[..each.IndexOf(' ', StringComparison.Ordinal)], each[(each.IndexOf(' ', StringComparison.Ordinal) + 1)..])))
        {
            var definition = (JsonObject)JsonNode.Parse(text)!;
            var source = SourceReading.Read(type, JsonSerializer.Deserialize<JsonElement>(text));
            var (anew, again) = (SourceWriting.Write(source, null, "EUR"), SourceWriting.Write(source, definition, "EUR"));
            if (!SourceMeaning.Same(definition, anew) || SourceWriting.TypeOf(source) != type || SourceChecks.Problem(type, anew) is not null)
                wrong.Add($"{definition}\nbecame\n{anew}\n{SourceChecks.Problem(type, anew)}");
            if (!SourceMeaning.Same(definition, again) || Conditions(definition) != Conditions(again))
                wrong.Add($"{definition}\nlost ids\n{again}");
        }

        held.Length.ShouldBeGreaterThan(100);
        wrong.ShouldBeEmpty();
    }

    private static string Conditions(JsonObject definition) => $"{definition["inclusion"]?["conditions"]?.ToJsonString()}{definition["exclusion"]?["conditions"]?.ToJsonString()}";
}
