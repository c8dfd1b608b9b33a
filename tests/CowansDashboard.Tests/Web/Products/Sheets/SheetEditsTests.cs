using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Sheets;
using CowansDashboard.History;
using CowansDashboard.Web.Components.Products.Sheets;

namespace CowansDashboard.Tests.Web.Products.Sheets;

public sealed class SheetEditsTests
{
    private static readonly SheetPlace Price = new("variant", 7, "price"), Tags = new("product", 3, "tags");

    [Theory]
    [InlineData("price", "12.5", "12.5")]
    [InlineData("price", " £1,234.50 ", "1234.50")]
    [InlineData("compare_at_price", "", "∅")]
    [InlineData("weight", "0.250", "0.250")]
    [InlineData("tracked", "Yes", "true")]
    [InlineData("tracked", "FALSE", "false")]
    [InlineData("tracked", "1", "true")]
    [InlineData("inventory_policy", "sell on", "\"CONTINUE\"")]
    [InlineData("inventory_policy", "deny", "\"DENY\"")]
    [InlineData("weight_unit", "kg", "\"KILOGRAMS\"")]
    [InlineData("weight_unit", "", "∅")]
    [InlineData("sku", "  A-1 ", "\"A-1\"")]
    [InlineData("sku", "", "∅")]
    [InlineData("country_code_of_origin", "ie", "\"IE\"")]
    [InlineData("stock:5", "-3", "-3")]
    public void What_people_type_or_paste_into_a_variant_is_understood(string column, string text, string value) =>
        Read(column, text).ShouldBe((value, null));

    [Theory]
    [InlineData("title", "Aran Jumper", "\"Aran Jumper\"")]
    [InlineData("status", "active", "\"ACTIVE\"")]
    [InlineData("vendor", "", "\"\"")]
    [InlineData("tags", "wool, soft ,, wool\nnew", """["new","soft","wool"]""")]
    [InlineData("category_id", "Apparel > Clothing", "\"aa-1\"")]
    [InlineData("category_id", "", "∅")]
    [InlineData("metafield:custom.care", "", "∅")]
    [InlineData("metafield:custom.care", " cold ", "\"cold\"")]
    [InlineData("metafield:custom.vegan", "yes", "\"true\"")]
    public void And_into_a_product(string column, string text, string value) => Read(column, text).ShouldBe((value, null));

    [Theory]
    [InlineData("price", "", "A price is needed")]
    [InlineData("price", "ten", "“ten” is no amount")]
    [InlineData("price", "12,50", "can be read in two ways")]
    [InlineData("price", "-1", "below zero")]
    [InlineData("price", "1.234", "at most 2 decimals")]
    [InlineData("tracked", "maybe", "must be yes or no")]
    [InlineData("inventory_policy", "sometimes", "must be Stop selling or Sell on")]
    [InlineData("status", "", "must be Active, Draft, Unlisted or Archived")]
    [InlineData("title", " ", "must not be empty")]
    [InlineData("title", "two\nlines", "must be one line; this has 2")]
    [InlineData("handle", "No Spaces", "Handle")]
    [InlineData("category_id", "Wool", "is no category of the copy")]
    [InlineData("stock:5", "1.5", "no whole number")]
    [InlineData("stock:5", "", "A number is needed")]
    [InlineData("metafield:custom.vegan", "perhaps", "true or false")]
    public void What_is_no_value_is_told_what_would_be_right(string column, string text, string part) =>
        Read(column, text).Wrong.ShouldNotBeNull().ShouldContain(part);

    [Fact]
    public void What_is_shown_means_what_it_shows()
    {
        foreach (var (column, value) in new (string, JsonNode?)[]
        {
            ("price", 12.5m), ("price", 1234567.89m), ("compare_at_price", null), ("weight", 0.125m), ("tracked", true), ("inventory_policy", "DENY"), ("weight_unit", "POUNDS"),
            ("sku", "A, \"B\""), ("tags", new JsonArray("new", "wool")), ("category_id", "aa-1"), ("status", "UNLISTED"), ("stock:5", 12), ("metafield:custom.care", "cold"),
        })
            SheetText.Same(SheetText.Read(Column(column), SheetText.Show(Column(column), value, "EUR", Name), "EUR", Id).Value, value).ShouldBeTrue(column);
    }

    [Fact]
    public void A_typed_cell_remembers_what_was_seen_first_and_what_it_held_before_is_no_edit()
    {
        var edits = Edits();

        edits.Type(Price, 10, "12");
        edits.Type(Price, 12, "ten").ShouldNotBeNull().Seen!.ToJsonString().ShouldBe("10");
        (edits.Count, edits.Wrong, edits.Savable.Count()).ShouldBe((1, 1, 0));
        edits.Find(Price)!.Text.ShouldBe("ten");
        edits.Type(Price, 10, "10.00").ShouldBeNull();
        (edits.Count, edits.Wrong).ShouldBe((0, 0));
        edits.Type(new SheetPlace("variant", 7, "nonsense"), null, "x").ShouldBeNull();
    }

    [Fact]
    public void A_SKU_that_another_variant_has_is_to_repair_until_it_is_another()
    {
        var (edits, sku) = (Edits(), new SheetPlace("variant", 7, "sku"));
        edits.Type(sku, "A-1", "TWIN");
        edits.Type(Price, 10, "ten");

        edits.Take(new Dictionary<long, string> { [7] = "“TWIN” is the SKU of Beanie already." }).ShouldBe([sku]);
        (edits.Wrong, edits.Find(sku)!.Wrong).ShouldBe((2, "“TWIN” is the SKU of Beanie already."));
        edits.Take(new Dictionary<long, string> { [7] = "“TWIN” is the SKU of Beanie already." }).ShouldBeEmpty("it was said");
        edits.Skus.ShouldHaveSingleItem().Place.ShouldBe(sku, "it is asked for again");
        edits.Take(new Dictionary<long, string>()).ShouldBe([sku]);
        (edits.Wrong, edits.Find(sku)!.CanBeSaved).ShouldBe((1, true));
    }

    [Fact]
    public void Where_somebody_else_was_quicker_both_values_are_offered_and_either_can_be_taken()
    {
        var edits = Edits();
        edits.Type(Price, 10, "12");

        edits.See(Price, 11);
        JsonValues.Number(edits.Find(Price)!.Offer.ShouldNotBeNull().Theirs).ShouldBe(11);
        (edits.Offers, edits.Savable.Count()).ShouldBe((1, 0));
        edits.Type(Price, 11, "13").ShouldNotBeNull().Offer.ShouldNotBeNull("typing on does not settle it");
        JsonValues.Number(edits.KeepMine(Price).ShouldNotBeNull().Seen).ShouldBe(11);
        (edits.Offers, edits.Savable.Count()).ShouldBe((0, 1));

        edits.See(Price, 15);
        edits.See(Price, 11);
        edits.Offers.ShouldBe(0, "it went back to what was seen");
        edits.See(Price, 13);
        edits.Count.ShouldBe(0, "both say the same");
    }

    [Fact]
    public void Tags_of_both_are_kept()
    {
        var edits = Edits();
        edits.Type(Tags, new JsonArray("wool", "old"), "wool, new");

        edits.See(Tags, new JsonArray("wool", "old", "theirs"));

        edits.Offers.ShouldBe(0);
        edits.Find(Tags)!.Text.ShouldBe("new, theirs, wool");
    }

    [Fact]
    public void After_a_save_only_what_it_left_behind_is_unsaved_and_what_was_typed_again_stays()
    {
        var edits = Edits();
        SheetPlace[] places = [new("variant", 1, "price"), new("variant", 2, "price"), new("variant", 3, "price"), new("variant", 4, "price")];
        foreach (var place in places)
            edits.Type(place, 10, "12");
        var sent = edits.Savable.ToList();
        edits.Type(places[3], 10, "14");

        edits.Saved(sent, new SaveSheetOutcome.Saved(5, 2, 2)
        {
            Stale = new Dictionary<SheetPlace, StaleField> { [places[1]] = new("variant", 2, "price", 10, 11, 12) { ChangedBy = "Ben" } },
            Refused = new Dictionary<SheetPlace, string> { [places[2]] = "This variant is no longer here." },
        });

        edits.Find(places[0]).ShouldBeNull();
        edits.Find(places[1])!.Offer!.By.ShouldBe("Ben");
        edits.Find(places[2])!.Wrong.ShouldBe("This variant is no longer here.");
        (edits.Find(places[3])!.Text, JsonValues.Number(edits.Find(places[3])!.Seen)).ShouldBe(("14", 12m));
    }

    [Fact]
    public void A_draft_returns_as_it_was_also_where_it_is_no_value_yet()
    {
        var edits = Edits();
        edits.Type(Price, 10, "ten");
        edits.Type(new SheetPlace("variant", 7, "sku"), null, "A-1");
        edits.Type(Tags, new JsonArray("wool"), "soft");

        var draft = SheetDraft.Write(edits.Typed);
        var again = Edits();
        again.Restore(SheetDraft.Read(JsonNode.Parse(draft.ToJsonString())));

        ((int)draft["count"]!, again.Count, again.Wrong).ShouldBe((3, 3, 1));
        again.Find(Price)!.Text.ShouldBe("ten");
        JsonValues.Same(again.Find(Tags)!.Seen, new JsonArray("wool")).ShouldBeTrue();
        SheetDraft.Read(JsonNode.Parse("""{"rows": [["variant", 7, [["price"]]], ["variant", "x", []], 5]}""")).ShouldBeEmpty();
    }

    [Fact]
    public void Two_tabs_of_one_sheet_keep_what_each_has_typed_changed_and_taken_back()
    {
        SheetPlace sku = new("variant", 7, "sku"), barcode = new("variant", 7, "barcode");
        var edits = Edits();
        edits.Type(Price, 10, "12");
        edits.Type(sku, null, "A-1");
        var before = SheetDraft.Write(edits.Typed);
        var other = Edits();
        other.Restore(SheetDraft.Read(before));
        other.Type(sku, null, "B-1");
        other.Type(barcode, null, "40");
        var theirs = SheetDraft.Write(other.Typed);

        edits.Type(Tags, new JsonArray("wool"), "soft");
        edits.TakeBack(Price);
        var kept = SheetDraft.Read(SheetDraft.Merge(theirs, before, SheetDraft.Write(edits.Typed))).ToDictionary(cell => cell.Place, cell => cell.Text);

        kept.ShouldBe(new Dictionary<SheetPlace, string> { [sku] = "B-1", [barcode] = "40", [Tags] = "soft" }, ignoreOrder: true);
        SheetDraft.Merge(before, before, null).ShouldBeNull();
        SheetDraft.Merge(null, before, before).ShouldBeNull("the other tab has saved them");
    }

    [Fact]
    public void Cells_that_were_prepared_as_an_edit_leave_the_sheet_and_what_was_typed_again_stays()
    {
        var edits = Edits();
        edits.Type(Price, 10, "12");
        edits.Type(Tags, new JsonArray("wool"), "soft");
        var sent = edits.Savable.ToList();
        edits.Type(Price, 10, "13");

        edits.HandOver(sent);

        edits.Typed.ShouldHaveSingleItem().Text.ShouldBe("13");
    }

    [Fact]
    public void The_most_cells_that_may_be_unsaved_fit_into_a_draft()
    {
        var edits = Edits();
        for (var row = 0; row < SheetEdits.Most; row++)
            edits.Type(new SheetPlace("variant", 1_000_000_000 + row, "price"), 1234.56m, "1300.99");

        SheetDraft.Fits(SheetDraft.Write(edits.Typed)).ShouldBeTrue();
    }

    private static SheetEdits Edits() => new(Columns.ToDictionary(column => (column.RowEntity, column.Key)), "EUR", Id);

    private static (string?, string? Wrong) Read(string column, string text)
    {
        var (value, wrong) = SheetText.Read(Column(column), text, "EUR", Id);
        return (wrong is null ? value?.ToJsonString() ?? "∅" : null, wrong);
    }

    private static SheetColumn Column(string key) => Columns.First(column => column.Key == key);

    private static readonly IReadOnlyList<SheetColumn> Columns =
    [
        .. CatalogueFields.All.Where(field => field.Entity is "product" or "variant").Select(field => new SheetColumn(field.Name, field.Entity, field, field.Label)),
        new("stock:5", "variant", CatalogueFields.Find(CatalogueFields.Level, "available")!, "Stock") { LocationId = 5 },
        new("metafield:custom.care", "product", CatalogueFields.Find("metafield", "value")!, "custom.care") { Metafield = new("custom", "care", "single_line_text_field") },
        new("metafield:custom.vegan", "product", CatalogueFields.Find("metafield", "value")!, "custom.vegan") { Metafield = new("custom", "vegan", "boolean") },
    ];

    private static string? Id(string typed) => typed.Trim() is "aa-1" or "Apparel > Clothing" ? "aa-1" : null;

    private static string? Name(string id) => id == "aa-1" ? "Apparel > Clothing" : null;
}
