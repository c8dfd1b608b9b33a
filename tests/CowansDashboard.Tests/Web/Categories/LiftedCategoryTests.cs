using CowansDashboard.Catalog.Categories;
using CowansDashboard.Web.Components.Categories;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Web.Categories;

public sealed class LiftedCategoryTests
{
    // Women 1 (Knitwear 2 (Jumpers 3, Cardigans 4), Dresses 5), Men 6 which is closed and holds some, Shoes 7
    private static readonly TreeRow[] Rows =
    [
        Row(1, "Women", null, 1, isOpen: true, children: 2), Row(2, "Knitwear", 1, 2, isOpen: true, children: 2), Row(3, "Jumpers", 2, 3), Row(4, "Cardigans", 2, 3), Row(5, "Dresses", 1, 2),
        Row(6, "Men", null, 1, children: 3), Row(7, "Shoes", null, 1),
    ];

    [Fact]
    public void It_begins_where_it_lies_and_says_its_neighbours()
    {
        var lifted = new LiftedCategory(Rows, 4);

        lifted.Place.ShouldBe(new LiftedPlace(2, 1));
        lifted.Said.ShouldBe("Cardigans, level 3, in Knitwear, after Jumpers.");
        lifted.Up();
        (lifted.Place, lifted.Said).ShouldBe((new LiftedPlace(2, 0), "Cardigans, level 3, in Knitwear, before Jumpers."));
    }

    [Fact]
    public void Left_moves_it_out_and_right_into_the_line_above()
    {
        var lifted = new LiftedCategory(Rows, 4);

        lifted.Out();
        (lifted.Place, lifted.Said).ShouldBe((new LiftedPlace(1, 1), "Cardigans, level 2, in Women, after Knitwear, before Dresses."));
        lifted.Out();
        lifted.Place.ShouldBe(new LiftedPlace(1, 1), "above what lies in Women it cannot lie outside");
        lifted.In();
        lifted.In();
        lifted.Place.ShouldBe(new LiftedPlace(3, 0), "into Jumpers");
    }

    [Fact]
    public void Into_a_closed_category_it_goes_as_the_last_one()
    {
        var lifted = new LiftedCategory(Rows, 7);

        lifted.In();

        (lifted.Place, lifted.Said).ShouldBe((new LiftedPlace(6, null), "Shoes, level 2, in Men."));
    }

    [Fact]
    public void The_only_category_stays_where_it_is_whatever_is_pressed()
    {
        var lifted = new LiftedCategory([Rows[6]], 7);

        foreach (var key in (Action[])[lifted.Up, lifted.Down, lifted.Out, lifted.In])
        {
            key();
            (lifted.Place, lifted.Said).ShouldBe((new LiftedPlace(null, 0), "Shoes, level 1, at the top."));
        }
    }

    [Fact]
    public void What_lies_below_it_is_no_place_for_it()
    {
        var lifted = new LiftedCategory(Rows, 1);

        lifted.Rows.Select(row => row.Id).ShouldBe([1, 6, 7]);
        lifted.Down();
        lifted.Down();
        lifted.Down();
        (lifted.Place, lifted.Rows[^1].Id).ShouldBe((new LiftedPlace(null, 2), 1));
    }

    [Fact]
    public void Whatever_is_pressed_it_lies_in_a_line_above_it_one_level_further_out() => Prop.ForAll<byte[], byte>((keys, which) =>
    {
        var lifted = new LiftedCategory(Rows, Rows[which % Rows.Length].Id);
        foreach (var key in keys)
            ((Action)((key % 4) switch { 0 => lifted.Up, 1 => lifted.Down, 2 => lifted.Out, _ => lifted.In }))();
        var rows = lifted.Rows.ToList();
        var at = rows.FindIndex(row => row.Id == lifted.Row.Id);
        var parent = rows.Take(at).LastOrDefault(row => row.Level < rows[at].Level);
        var fits = at + 1 == rows.Count || rows[at + 1].Level <= rows[at].Level + (rows[at + 1].ParentId == lifted.Row.Id ? 1 : 0);
        return lifted.Place.ParentId == parent?.Id && rows[at].Level == (parent?.Level ?? 0) + 1 && fits;
    }).QuickCheckThrowOnFailure();

    private static TreeRow Row(long id, string name, long? parent, int level, bool isOpen = false, int children = 0) => new(
        new CategoryNode(new Category(id, parent, CategoryPath.Top.Child(id), name, 0, 1) { Attributes = [], CreatedAt = default, UpdatedAt = default }, children, 0, null, null), parent, level, 1, 1, isOpen);
}
