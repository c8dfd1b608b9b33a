using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Sync.Pull;

namespace CowansDashboard.Tests.Sync.Pull;

public sealed class PickedProductsTests
{
    [Theory]
    // agreed, ours, theirs: a condition and who is picked; then ours as it becomes, and whether Shopify's is no other definition than the agreed one.
    [InlineData("Mugs:1", "Cups:1", "Mugs:1,2", "Cups:1,2", true)] // sent with a membership while a condition waits
    [InlineData("Mugs:1,2", "Cups:1,2", "Mugs:1", "Cups:1", true)] // taken out there
    [InlineData("Mugs:1", "Mugs:3", "Mugs:1,2", "Mugs:3,2", true)] // both picked
    [InlineData("Mugs:", "Cups:", "Mugs:1", "Cups:1", true)]
    [InlineData("Mugs:1", "Cups:1", "Bowls:1,2", "Cups:1,2", false)] // conditions of both: a person decides about them, and nobody who was picked goes
    [InlineData("Mugs:1", "Cups:1", "Mugs:1", "Cups:1", true)]
    [InlineData("Mugs:1", "Mugs:1/7", "Mugs:1/8", "Mugs:1/7", false)] // other variants of one product
    public void Products_that_were_picked_on_either_side_are_a_set(string agreed, string ours, string theirs, string becomes, bool same)
    {
        var (before, here, there) = (Definition(agreed), Definition(ours), Definition(theirs));

        PickedProducts.Merge(here, before, there);

        SourceMeaning.Of(here).ShouldBe(SourceMeaning.Of(Definition(becomes)));
        SourceMeaning.Same(before, there).ShouldBe(same);
        SourceMeaning.Of(there).ShouldBe(SourceMeaning.Of(Definition(theirs)));
    }

    /// <summary>"Mugs:1,2/7": products of the type Mugs, and by hand the product 1 and variant 7 of 2.</summary>
    private static JsonObject Definition(string said)
    {
        var (type, picks) = (said.Split(':')[0], said.Split(':')[1].Split(',', StringSplitOptions.RemoveEmptyEntries));
        return new JsonObject
        {
            ["inclusion"] = new JsonObject
            {
                ["matchType"] = "ANY",
                ["conditions"] = new JsonArray(new JsonObject { ["texts"] = new JsonArray(type) }),
                ["selections"] = new JsonArray([.. picks.Select(pick => (JsonNode)new JsonObject
                {
                    ["product"] = new JsonObject { ["id"] = pick.Split('/')[0] }, ["variantIds"] = new JsonArray([.. pick.Split('/').Skip(1).Select(one => (JsonNode)one)]),
                })]),
            },
        };
    }
}
