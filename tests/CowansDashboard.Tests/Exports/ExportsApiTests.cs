using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Xml.Linq;
using CowansDashboard.Exports;
using CowansDashboard.Tests.History;
using CowansDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Tests.Exports;

[Trait("Category", "Integration")]
public sealed class ExportsApiTests(ExportsApiTests.Shop shop) : IClassFixture<ExportsApiTests.Shop>
{
    private static readonly XNamespace Sheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

    [Fact]
    public async Task A_file_of_all_products_is_whole_in_every_format_and_in_the_order_of_the_list()
    {
        var client = await shop.App.BearerFor("merchandiser");
        string[] columns = ["handle", "title", "sku", "price"];

        var csv = ExportWriterTests.Read(await (await File(client, new { format = "csv", everything = true, columns, sort = "title", title = "Spring prices" })).Content.ReadAsStringAsync());
        var lines = (await (await File(client, new { format = "json-lines", everything = true, columns })).Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var workbook = new ZipArchive(await (await File(client, new { format = "xlsx", everything = true, columns })).Content.ReadAsStreamAsync());

        csv.Count.ShouldBe(1 + (2 * Shop.Products));
        csv[0].ShouldBe(["Handle", "Title", "SKU", "Price"]);
        csv.Skip(1).Select(row => row[1]).ShouldBeInOrder();
        csv.Skip(1).Select(row => row[2]).Distinct().Count().ShouldBe(2 * Shop.Products, "no row is missing and none is twice");
        lines.Length.ShouldBe(Shop.Products);
        lines.Sum(line => JsonDocument.Parse(line).RootElement.GetProperty("variants").GetArrayLength()).ShouldBe(2 * Shop.Products);
        workbook.Entries.Select(entry => entry.FullName).ShouldBe(["xl/worksheets/sheet1.xml", "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"]);
        using var sheet = workbook.GetEntry("xl/worksheets/sheet1.xml")!.Open();
        (await XDocument.LoadAsync(sheet, LoadOptions.None, default)).Descendants(Sheet + "row").Count().ShouldBe(1 + (2 * Shop.Products));
    }

    [Fact]
    public async Task Chosen_products_go_into_the_csv_that_Shopify_imports_with_edits_that_wait()
    {
        var client = await shop.App.BearerFor("merchandiser");
        var id = shop.Ids[3];
        (await shop.Edited.Save(EditedShop.Title(id, "Jumper 0003", "Not sent yet"))).ShouldBeOfType<CowansDashboard.History.SaveOutcome.Saved>();

        using var answer = await File(client, new { format = "shopify-csv", productIds = new[] { $"{id}" }, title = "Ärmel & <b>" });

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        answer.Content.Headers.ContentDisposition!.FileName.ShouldNotBeNull().ShouldStartWith("rmel-b-");
        var rows = ExportWriterTests.Read(await answer.Content.ReadAsStringAsync());
        rows.Count.ShouldBe(3);
        rows[1][Array.IndexOf(rows[0], "Title")].ShouldBe("Not sent yet");
        rows[2][Array.IndexOf(rows[0], "Option1 value")].ShouldBe("S2");
        await shop.Edited.Save(EditedShop.Title(id, "Not sent yet", "Jumper 0003"));
    }

    [Theory]
    [InlineData("""{"format": "pdf", "everything": true}""", "format")]
    [InlineData("""{"format": "csv"}""", "productIds")]
    [InlineData("""{"format": "csv", "everything": true, "matching": "vendor=X"}""", "productIds")]
    [InlineData("""{"format": "csv", "productIds": ["x"]}""", "productIds")]
    [InlineData("""{"format": "csv", "matching": "colour=red"}""", "matching")]
    [InlineData("""{"format": "csv", "matching": "vendor=Nobody"}""", "matching")]
    [InlineData("""{"format": "csv", "everything": true, "sort": "beauty"}""", "sort")]
    [InlineData("""{"format": "csv", "everything": true, "columns": ["colour"]}""", "columns")]
    [InlineData("""{"format": "csv", "everything": true, "columns": [null]}""", "columns")]
    [InlineData("""{"format": "shopify-csv", "everything": true, "columns": ["price"]}""", "columns")]
    [InlineData("""{"format": "xlsx", "everything": true, "oldNames": true}""", "oldNames")]
    [InlineData("""{"format": "shopify-csv", "everything": true, "guardsFormulas": true}""", "guardsFormulas")]
    [InlineData("""{"format": "csv", "everything": true, "title": "a\u0000b"}""", "title")]
    [InlineData("""{"format": "csv", "everything": true, "storeId": "999"}""", "storeId")]
    public async Task What_cannot_be_written_is_a_problem_that_names_its_field(string body, string field)
    {
        var client = await shop.App.BearerFor("merchandiser");
        using var answer = await client.PostAsync("/api/exports", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, await answer.Content.ReadAsStringAsync());
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(field);
    }

    [Fact]
    public async Task A_file_is_thrown_away_by_who_may_and_by_time_and_then_is_nowhere()
    {
        var (client, viewer) = (await shop.App.BearerFor("merchandiser"), await shop.App.BearerFor("viewer"));
        (await viewer.PostAsJsonAsync("/api/exports", new { format = "csv", everything = true })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var (first, second) = (await Ready(client, new { format = "csv", everything = true }), await Ready(client, new { format = "csv", everything = true }));
        (await viewer.GetAsync(first.GetProperty("file").GetString())).StatusCode.ShouldBe(HttpStatusCode.OK, "who sees the products may have the file");
        (await viewer.DeleteAsync($"/api/exports/{first.GetProperty("id").GetString()}")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        (await client.DeleteAsync($"/api/exports/{first.GetProperty("id").GetString()}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await shop.App.Database.Scalar<long>("with e as (update exports set expires_at = now() - interval '1 minute' where id = $1 returning 1) select count(*) from e", long.Parse(second.GetProperty("id").GetString()!, CultureInfo.InvariantCulture));
        await shop.App.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<SweepExports>().Single().Sweep(default);

        foreach (var gone in new[] { first, second })
            (await client.GetAsync(gone.GetProperty("file").GetString())).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await shop.App.Database.Scalar<long>("select count(*) from export_pieces p where not exists (select from exports e where e.id = p.export_id)")).ShouldBe(0);
        (await client.GetAsync("/api/exports/99999999999999999999/file")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task<JsonElement> Ready(HttpClient client, object body)
    {
        using var asked = await client.PostAsJsonAsync("/api/exports", body);
        asked.StatusCode.ShouldBe(HttpStatusCode.Accepted, await asked.Content.ReadAsStringAsync());
        JsonElement export = default;
        await Patience.Until(async () =>
        {
            export = (await client.GetFromJsonAsync<JsonElement>(asked.Headers.Location)).GetProperty("data");
            export.GetProperty("status").GetString().ShouldNotBe("failed");
            return export.GetProperty("status").GetString() == "ready";
        });
        return export;
    }

    private static async Task<HttpResponseMessage> File(HttpClient client, object body)
    {
        var answer = await client.GetAsync((await Ready(client, body)).GetProperty("file").GetString());
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return answer;
    }

    public sealed class Shop : IAsyncLifetime
    {
        /// <summary>More than two pieces of a file.</summary>
        public const int Products = 1_100;

        public WebApp App { get; } = new();

        internal EditedShop Edited { get; private set; } = null!;

        public long[] Ids { get; private set; } = [];

        public async Task InitializeAsync()
        {
            await App.InitializeAsync();
            Edited = await EditedShop.Open(App.Database);
            var first = await Edited.Product("Jumper 0000", variants: 2);
            await Edited.Run("""
                with p as (
                    insert into products (store_id, shopify_id, title, handle, vendor, status, ticket)
                    select store_id, shopify_id + i * 10, 'Jumper ' || lpad(i::text, 4, '0'), handle || '-' || i, vendor, status, 1 from products, generate_series(1, $2::int - 1) i where id = $1 returning id, shopify_id)
                insert into variants (store_id, product_id, shopify_id, inventory_item_id, position, title, option_values, sku, price)
                select v.store_id, p.id, p.shopify_id + v.position, p.shopify_id + v.position, v.position, v.title, v.option_values, v.sku || '-' || p.id, 10 + v.position from p, variants v where v.product_id = $1
                """, first, Products);
            Ids = await App.Database.Scalar<long[]>("select array_agg(id order by title) from products where store_id = $1", Edited.Store);
            await using var connection = await App.Database.Source.OpenConnectionAsync();
            await CowansDashboard.Search.RefreshSummaries.Refresh(connection, Ids, default);
        }

        public Task DisposeAsync() => ((IAsyncLifetime)App).DisposeAsync();
    }
}
