using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using CowansDashboard.Exports;
using CsvHelper;

namespace CowansDashboard.Tests.Exports;

public sealed class ExportWriterTests
{
    [Fact]
    public void Shopifys_csv_has_the_product_in_its_first_row_and_a_variant_and_a_picture_in_each()
    {
        var rows = Csv(new ExportLayout(ExportFormat.ShopifyCsv, [ExportColumn.Metafield("product", "custom.care")]) { Shop = new ShopifyCsvShop(7) }, Jumper);

        rows[0].ShouldContain("URL handle");
        rows.Count.ShouldBe(4, "the head, two variants and a third picture");
        Cells(rows, "URL handle").ShouldBe(["jumper", "jumper", "jumper"]);
        Cells(rows, "Title").ShouldBe(["Jumper, \"thick\"\r\nand warm", "", ""]);
        Cells(rows, "Option1 name").ShouldBe(["Size", "", ""]);
        Cells(rows, "Option1 value").ShouldBe(["S", "M", ""]);
        Cells(rows, "Price").ShouldBe(["10", "12.5", ""]);
        Cells(rows, "Inventory quantity").ShouldBe(["-3", "", ""], "the second is not tracked");
        Cells(rows, "Weight value (grams)").ShouldBe(["453.59237", "", ""]);
        Cells(rows, "Product image URL").ShouldBe(["https://a.example/1.jpg", "https://a.example/2.jpg", "https://a.example/3.jpg"]);
        Cells(rows, "Image position").ShouldBe(["1", "2", "3"]);
        Cells(rows, "custom.care (product.metafields.custom.care)").ShouldBe(["Wash cold", "", ""]);
        Cells(rows, "Status").ShouldBe(["Active", "", ""]);
    }

    [Fact]
    public void The_older_names_are_those_of_the_older_file()
    {
        var heads = new ExportWriter(new ExportLayout(ExportFormat.ShopifyCsv, []) { OldNames = true }).Heads;

        heads.ShouldBeSubsetOf(
        [
            "Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published", "Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value",
            "Variant SKU", "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy", "Variant Fulfillment Service", "Variant Price", "Variant Compare At Price",
            "Variant Requires Shipping", "Variant Taxable", "Variant Barcode", "Image Src", "Image Position", "Image Alt Text", "Gift Card", "SEO Title", "SEO Description", "Variant Image", "Variant Weight Unit",
            "Cost per item", "Status",
        ]);
        heads.Count.ShouldBe(35);
    }

    [Fact]
    public void A_plain_csv_has_a_row_for_each_variant_and_one_for_each_product_where_nothing_of_variants_is_asked()
    {
        var columns = Columns("title", "sku", "barcode", "price", "tags");
        var rows = Csv(new ExportLayout(ExportFormat.Csv, columns), Jumper);

        rows.Skip(1).ShouldBe([["Jumper, \"thick\"\r\nand warm", "=1+2", "0012300", "10", "red, wool"], ["Jumper, \"thick\"\r\nand warm", "J-M", "", "12.5", "red, wool"]]);
        Csv(new ExportLayout(ExportFormat.Csv, Columns("handle", "status")), Jumper).Skip(1).ShouldBe([["jumper", "ACTIVE"]]);
        new ExportWriter(new ExportLayout(ExportFormat.Csv, columns)).Write([Jumper], isFirst: true).Bytes.Take(3).ShouldBe<byte>([0xEF, 0xBB, 0xBF]);
    }

    [Fact]
    public void Text_that_would_be_a_formula_begins_with_an_apostrophe_where_that_is_wanted_and_numbers_never_do()
    {
        var stock = ExportColumn.StockAt(7, "London");

        Csv(new ExportLayout(ExportFormat.Csv, [.. Columns("sku"), stock]) { GuardsFormulas = true }, Jumper)[1].ShouldBe(["'=1+2", "-3"]);
        Csv(new ExportLayout(ExportFormat.Csv, [.. Columns("sku"), stock]), Jumper)[1].ShouldBe(["=1+2", "-3"]);
    }

    [Fact]
    public void A_sheet_keeps_text_as_text_and_leaves_empty_what_no_cell_holds()
    {
        var product = Jumper with { Title = "Bell \u0007 and \ud83d lost half", DescriptionHtml = new string('x', ExportWriter.LongestCell + 1) };

        var piece = new ExportWriter(new ExportLayout(ExportFormat.Xlsx, Columns("title", "description_html", "barcode", "price", "tracked", "id"))).Write([product], isFirst: true);

        (piece.Rows, piece.TooLong).ShouldBe((2, 2));
        var rows = XElement.Parse($"<sheet>{Encoding.UTF8.GetString(piece.Bytes)}</sheet>").Elements("row").ToList();
        rows.Count.ShouldBe(3);
        rows[1].Elements("c").Select(cell => (cell.Attribute("t")?.Value, cell.Value)).ShouldBe(
            [("inlineStr", "Bell _x0007_ and _xD83D_ lost half"), (null, ""), ("inlineStr", "0012300"), (null, "10"), ("b", "1"), ("inlineStr", "1")]);
    }

    [Fact]
    public void A_json_line_is_a_product_with_its_variants()
    {
        var piece = new ExportWriter(new ExportLayout(ExportFormat.JsonLines, Columns("title", "tags", "sku", "price", "stock", "tracked"))).Write([Jumper, Jumper], isFirst: true);

        var lines = Encoding.UTF8.GetString(piece.Bytes).Split('\n');
        lines.Length.ShouldBe(3);
        var product = JsonDocument.Parse(lines[1]).RootElement;
        product.GetProperty("title").GetString().ShouldBe("Jumper, \"thick\"\r\nand warm");
        product.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()).ShouldBe(["red", "wool"]);
        var variants = product.GetProperty("variants");
        (variants[0].GetProperty("price").GetString(), variants[0].GetProperty("stock").GetInt64(), variants[0].GetProperty("tracked").GetBoolean()).ShouldBe(("10", -3, true));
        variants[1].GetProperty("stock").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    internal static IReadOnlyList<ExportColumn> Columns(params string[] keys) => [.. keys.Select(key => ExportColumn.OfEveryShop.Single(column => column.Key == key))];

    internal static List<string[]> Read(string csv)
    {
        using var parser = new CsvParser(new StringReader(csv), CultureInfo.InvariantCulture);
        var rows = new List<string[]>();
        while (parser.Read())
            rows.Add(parser.Record!);
        return rows;
    }

    private static List<string[]> Csv(ExportLayout layout, params ExportedProduct[] products) =>
        Read(new StreamReader(new MemoryStream(new ExportWriter(layout).Write(products, isFirst: true).Bytes)).ReadToEnd());

    private static IEnumerable<string> Cells(List<string[]> rows, string head) => rows.Skip(1).Select(row => row[Array.IndexOf(rows[0], head)]);

    private static ExportedProduct Jumper => new()
    {
        Id = 1, ShopifyId = 7_000_000_000_001, Title = "Jumper, \"thick\"\r\nand warm", Handle = "jumper", DescriptionHtml = "<p>Warm</p>", Vendor = "Aran Mills", ProductType = "Jumpers", Tags = ["red", "wool"],
        Status = "ACTIVE", TemplateSuffix = null, SeoTitle = null, SeoDescription = null, Category = null, OwnCategory = null, IsGiftCard = false, RequiresSellingPlan = false, IsOnOnlineStore = true,
        CreatedAt = null, UpdatedAt = DateTimeOffset.UnixEpoch, Collections = [], OptionNames = ["Size"],
        Variants =
        [
            Variant(11, "S") with { Sku = "=1+2", Barcode = "0012300", Price = 10.00m, Tracked = true, Weight = 1, WeightUnit = "POUNDS", Stock = new Dictionary<long, long> { [7] = -3 } },
            Variant(12, "M") with { Sku = "J-M", Price = 12.50m },
        ],
        Pictures = [new("https://a.example/1.jpg", "In front"), new("https://a.example/2.jpg", null), new("https://a.example/3.jpg", null)],
        Metafields = new Dictionary<string, string> { ["custom.care"] = "Wash cold" },
    };

    private static ExportedVariant Variant(long id, string size) => new()
    {
        Id = id, ShopifyId = null, Title = size, OptionValues = [size], Sku = null, Barcode = null, Price = 0, CompareAtPrice = null, UnitCost = null, Taxable = true, InventoryPolicy = "DENY", Tracked = false,
        RequiresShipping = true, Weight = null, WeightUnit = null, HarmonizedSystemCode = null, CountryCodeOfOrigin = null, PictureUrl = null,
    };
}
