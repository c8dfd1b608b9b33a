using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Sync.Push;

namespace CowansDashboard.Tests.Sync.Push;

public sealed class ShownProductTests
{
    private static readonly ShownProduct Updated = Shown("ProductUpdate", "New", "2026-11-21T10:00:05Z", "a");

    [Fact]
    public void Tags_are_as_the_call_about_tags_showed_them_and_the_rest_as_the_other_did_whichever_was_done_last()
    {
        foreach (var at in new[] { "2026-11-21T10:00:04Z", "2026-11-21T10:00:05Z", "2026-11-21T10:00:06Z" })
            foreach (var title in new[] { "Old", "New" })
                Check(ShownProduct.Together([Shown("TagsAdd", title, at, "a", "b"), Updated], new JsonArray("a", "b")), true, string.CompareOrdinal(at, "2026-11-21T10:00:05Z") > 0 ? at : "2026-11-21T10:00:05Z", "a", "b");
    }

    [Fact]
    public void Of_two_calls_about_tags_the_one_that_shows_both_was_done_last_and_when_neither_does_nobody_knows()
    {
        var (added, removed) = (Shown("TagsAdd", "New", "2026-11-21T10:00:05Z", "a", "b"), Shown("TagsRemove", "New", "2026-11-21T10:00:05Z", "B"));

        Check(ShownProduct.Together([removed, added, Updated], new JsonArray("b")), true, "2026-11-21T10:00:05Z", "B");
        ShownProduct.Together([removed, added, Updated], new JsonArray("c")).KnowsTags.ShouldBeFalse();
    }

    private static ShownProduct Shown(string mutation, string title, string updatedAt, params string[] tags) =>
        new(mutation, JsonSerializer.SerializeToElement(new { title, updatedAt, tags }));

    private static void Check((JsonElement Product, bool KnowsTags) together, bool knows, string updatedAt, params string[] tags)
    {
        together.KnowsTags.ShouldBe(knows);
        together.Product.GetProperty("title").GetString().ShouldBe("New");
        together.Product.GetProperty("updatedAt").GetString().ShouldBe(updatedAt);
        together.Product.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()).ShouldBe(tags);
    }
}
