using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Bulk;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Shopify;

public sealed class DocumentsTests
{
    private static readonly string Folder = Path.Combine(DemoStoreFiles.Folder, "../CowansDashboard.Shopify/Documents");

    [Fact]
    public void Every_file_is_one_document_named_after_its_operation()
    {
        var files = Directory.GetFiles(Folder, "*.graphql", SearchOption.AllDirectories).Where(file => Path.GetFileName(Path.GetDirectoryName(file)) != "Fragments");

        Documents.Names.ShouldBe(files.Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!);
    }

    [Fact]
    public void A_document_carries_each_fragment_it_uses_once_and_no_other()
    {
        var product = Documents.Text("ProductsById");

        foreach (var fragment in new[] { "ProductFields", "VariantFields", "MediaFields", "MetafieldFields" })
            product.Split($"fragment {fragment} on ").Length.ShouldBe(2, fragment);
        product.ShouldNotContain("fragment SourceFields");
        Documents.Text("CollectionsById").ShouldContain("fragment InclusionFields on ");
    }

    [Fact]
    public void A_name_that_is_none_is_refused() =>
        Should.Throw<ArgumentException>(() => Documents.Text("ProductsPages")).Message.ShouldContain("ProductsPages");

    [Fact]
    [Trait("Category", "Integration")]
    public async Task Shopify_would_accept_every_document_and_none_uses_a_deprecated_field()
    {
        await DemoStoreFiles.Ready.Value;

        var (code, output) = await DemoStoreFiles.Run("node", "validate-documents.mjs", Folder);

        code.ShouldBe(0, output);
        output.Split('\n').Count(line => line.StartsWith("ok ", StringComparison.Ordinal)).ShouldBe(Documents.Names.Count, output);
    }

    [Fact]
    [Trait("Category", "Integration")]
    public async Task Every_bulk_query_keeps_the_rules_of_bulk_queries_with_and_without_a_filter()
    {
        await DemoStoreFiles.Ready.Value;
        var folder = Directory.CreateTempSubdirectory("cowan-bulk-");
        foreach (var filter in new[] { null, "id:>1" })
        {
            foreach (var query in BulkQueries(filter))
            {
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, $"{query.Name}{filter?.Length}.graphql"), query.Text);
            }
        }

        var (code, output) = await DemoStoreFiles.Run("node", "validate-documents.mjs", folder.FullName);

        code.ShouldBe(0, output);
        output.Split('\n').Count(line => line.Contains("(bulk query)", StringComparison.Ordinal)).ShouldBe(14, output);
        folder.Delete(recursive: true);
    }

    internal static BulkQuery[] BulkQueries(string? filter) =>
    [
        BulkQuery.Products(filter), BulkQuery.Variants(filter), BulkQuery.Media(filter), BulkQuery.Metafields(filter),
        BulkQuery.Collections(filter), BulkQuery.Inventory(filter), BulkQuery.Publications(filter),
    ];
}
