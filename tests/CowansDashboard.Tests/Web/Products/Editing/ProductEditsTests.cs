using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.Web.Components.Products.Editing;

namespace CowansDashboard.Tests.Web.Products.Editing;

public sealed class ProductEditsTests
{
    private static readonly FieldKey Title = FieldKey.Product(1, "title"), Tags = FieldKey.Product(1, "tags"), Price = FieldKey.Variant(11, "price");

    [Fact]
    public void Typing_the_old_value_again_is_no_change()
    {
        var edits = new ProductEdits(A.Product(), "GBP");

        edits.Type(Title, "Scarf");
        edits.Type(Price, "12");
        edits.Count.ShouldBe(2);

        edits.Type(Title, "Jumper");
        edits.Type(Price, "10.000");
        edits.Count.ShouldBe(0);
    }

    [Fact]
    public void Wrong_text_is_kept_and_says_what_would_be_right()
    {
        var edits = new ProductEdits(A.Product(), "GBP");

        edits.Type(Price, "12,50");

        edits.Text(Price).ShouldBe("12,50");
        edits.Wrong.ShouldBe(1);
        edits.Problem(Price).ShouldNotBeNull().ShouldContain("12.50");
        edits.Type(Price, "12.50");
        edits.Wrong.ShouldBe(0);
    }

    [Fact]
    public void A_SKU_that_another_variant_has_is_wrong_where_it_is_typed_until_it_is_another()
    {
        var (edits, sku) = (new ProductEdits(A.Product(), "GBP"), FieldKey.Variant(11, "sku"));
        edits.Type(sku, "TWIN");

        edits.Take(new Dictionary<FieldKey, string> { [sku] = "“TWIN” is the SKU of Beanie already." });
        (edits.Wrong, edits.Problem(sku)).ShouldBe((1, "“TWIN” is the SKU of Beanie already."));
        edits.Take(new Dictionary<FieldKey, string>());
        (edits.Wrong, edits.Problem(sku)).ShouldBe((0, null));
    }

    [Fact]
    public void A_field_that_somebody_else_saved_meanwhile_is_offered_with_both_values()
    {
        var edits = new ProductEdits(A.Product(), "GBP");
        edits.Type(Title, "Mine");

        edits.Reread(A.Product() with { Title = "Theirs" });

        var offer = edits.Offers.ShouldHaveSingleItem();
        (offer.Seen!.GetValue<string>(), offer.Theirs!.GetValue<string>(), offer.Mine).ShouldBe(("Jumper", "Theirs", "Mine"));
        edits.KeepMine(Title);
        edits.Offers.ShouldBeEmpty();
        edits.Typed.ShouldHaveSingleItem().Seen!.GetValue<string>().ShouldBe("Theirs");
    }

    [Fact]
    public void Taking_theirs_leaves_nothing_unsaved()
    {
        var edits = new ProductEdits(A.Product(), "GBP");
        edits.Type(Title, "Mine");
        edits.Reread(A.Product() with { Title = "Theirs" });

        edits.TakeBack(Title);

        edits.Count.ShouldBe(0);
        edits.Text(Title).ShouldBe("Theirs");
    }

    [Fact]
    public void Tags_of_two_people_are_merged_without_a_question()
    {
        var edits = new ProductEdits(A.Product(), "GBP");
        edits.Type(Tags, ["core", "sale"]);

        edits.Reread(A.Product() with { Tags = ["core", "wool", "gift"] });

        edits.Offers.ShouldBeEmpty();
        edits.Words(Tags).ShouldBe(["core", "gift", "sale"], ignoreOrder: true);
    }

    [Fact]
    public void One_person_saving_twice_never_meets_an_offer()
    {
        var edits = new ProductEdits(A.Product(), "GBP");
        edits.Type(Title, "First");
        var sent = edits.Typed.ToList();
        edits.Type(Title, "Second");

        edits.Saved(sent, A.Product() with { Title = "First" });

        edits.Offers.ShouldBeEmpty();
        var again = edits.Typed.ShouldHaveSingleItem();
        (again.Seen!.GetValue<string>(), again.Text).ShouldBe(("First", "Second"));
        edits.Saved([again], A.Product() with { Title = "Second" });
        edits.Count.ShouldBe(0);
    }

    [Fact]
    public void A_draft_returns_with_what_was_seen_and_what_was_wrong()
    {
        var edits = new ProductEdits(A.Product(), "GBP");
        edits.Type(Title, "Mine");
        edits.Type(Price, "cheap");
        edits.Type(Tags, ["core"]);
        var stored = JsonNode.Parse(DraftText.Write(edits.Typed).ToJsonString());

        var later = new ProductEdits(A.Product() with { Title = "Theirs" }, "GBP");
        later.Restore(DraftText.Read(stored));

        later.Count.ShouldBe(3);
        later.Text(Price).ShouldBe("cheap");
        later.Problem(Price).ShouldNotBeNull();
        later.Offers.ShouldHaveSingleItem().Mine.ShouldBe("Mine");
    }

    [Fact]
    public void A_draft_of_a_row_that_is_gone_says_so_and_can_be_taken_back()
    {
        var edits = new ProductEdits(A.Product(), "GBP");
        edits.Restore([new(FieldKey.Variant(404, "price"), JsonValue.Create(1m), "2", null, null), new(FieldKey.Product(1, "colour"), null, "red", null, null)]);

        edits.Wrong.ShouldBe(2);
        edits.TakeBack(FieldKey.Variant(404, "price"));
        edits.TakeBack(FieldKey.Product(1, "colour"));

        edits.Count.ShouldBe(0);
    }
}

internal static class A
{
    public static ProductDetails Product() => new()
    {
        Id = 1, StoreId = 1, ShopifyId = 2, Title = "Jumper", Handle = "jumper", DescriptionHtml = "<p>Soft</p>", Vendor = "Aran", ProductType = "Knitwear",
        Tags = ["core", "wool"], Status = "ACTIVE", TemplateSuffix = null, SeoTitle = null, SeoDescription = null, CategoryId = null, CategoryName = null,
        IsGiftCard = false, RequiresSellingPlan = false, HasOnlyDefaultVariant = false, OnlineStoreUrl = null, PublishedAt = null, FeaturedMediaId = null, RemoteVariantsCount = 1, RemoteMediaCount = 0,
        RemoteCreatedAt = null, RemoteUpdatedAt = null, Pending = [], SyncState = 0, Stock = null, Version = 0, CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch, DeletedAt = null,
        Options = [new(1, 2, "Size", 1, ["S", "M"])],
        Variants = [Variant(11, "S"), Variant(12, "M")],
        Media = [new(31, 310, 1, "IMAGE", null, "READY", null, null, 100, 100, null, null)],
        Metafields = [new(41, 410, 1, "product", "custom", "care", "single_line_text_field", "Wash cold")],
    };

    public static ProductVariant Variant(long id, string size) => new()
    {
        Id = id, ShopifyId = id * 10, Title = size, OptionValues = [size], Position = 1, Sku = null, Barcode = null, Price = 10.00m, CompareAtPrice = null, UnitCost = null, Taxable = true,
        InventoryPolicy = "DENY", Tracked = true, RequiresShipping = true, Weight = null, WeightUnit = null, HarmonizedSystemCode = null, CountryCodeOfOrigin = null, MediaIds = [], Pending = [],
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };
}
