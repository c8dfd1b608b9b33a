using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Categories;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Catalog.Categories;

public sealed class CategoryPathProperties
{
    [Fact]
    public void What_lies_below_lies_between_the_path_and_its_end() => Prop.ForAll<byte[], byte[]>((some, others) =>
    {
        var (one, other) = (Path(some), Path(others));
        var between = string.CompareOrdinal(one.Text, other.Text) <= 0 && string.CompareOrdinal(other.Text, one.End) < 0;
        return between == one.Holds(other) && one.Holds(one) && one.Holds(one.Child(7)) && one.Level == one.Ids.Count;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_move_keeps_what_lies_below_in_its_order_and_back_is_where_it_was() => Prop.ForAll<byte[], byte[], byte[]>((above, elsewhere, below) =>
    {
        var (from, to) = (Path(above).Child(1_000), Path(elsewhere).Child(1_000));
        var lying = below.Aggregate(from, (path, id) => path.Child(id));
        var moved = lying.Moved(from, to);
        return to.Holds(moved) && moved.Ids.Skip(to.Level).SequenceEqual(lying.Ids.Skip(from.Level)) && moved.Moved(to, from) == lying;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_does_not_lie_there_does_not_move_along() =>
        Should.Throw<ArgumentException>(() => new CategoryPath("/12/").Moved(new CategoryPath("/1/"), new CategoryPath("/3/")));

    [Fact]
    public void The_nearest_category_that_names_an_attribute_decides()
    {
        var top = Of(1, "Women", """{"Season": ["SS26", "AW26"], "Care": [], "Fit": ["Slim"]}""");
        var middle = Of(2, "Knitwear", """{"fit": ["Relaxed", "Regular"], "Gauge": ["Fine"]}""");
        var lowest = Of(3, "Jumpers", """{"Care": null}""");

        var counting = AttributeTemplate.Of([top, middle, lowest]);

        counting.Select(each => (each.Name, string.Join(",", each.Values), each.From.Name))
            .ShouldBe([("Season", "SS26,AW26", "Women"), ("fit", "Relaxed,Regular", "Knitwear"), ("Gauge", "Fine", "Knitwear")]);
    }

    private static CategoryPath Path(byte[] ids) => ids.Aggregate(CategoryPath.Top, (path, id) => path.Child(id % 4));

    private static Category Of(long id, string name, string attributes) =>
        new(id, null, CategoryPath.Top.Child(id), name, 0, 1) { Attributes = (JsonObject)JsonNode.Parse(attributes)!, CreatedAt = default, UpdatedAt = default };
}
