using System.Text;
using CowansDashboard.Catalog;
using CowansDashboard.Catalog.Categories;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Catalog.Categories;

[Trait("Category", "Integration")]
public sealed class ImportTaxonomyTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string File = """
        # Shopify Product Taxonomy - Categories: 2026-10
        gid://shopify/TaxonomyCategory/ap                : Animals & Pet Supplies

        gid://shopify/TaxonomyCategory/ap-1              : Animals & Pet Supplies > Live Animals
        gid://shopify/TaxonomyCategory/ap-2              : Animals & Pet Supplies > Pet Supplies
        gid://shopify/TaxonomyCategory/ap-2-1            : Animals & Pet Supplies > Pet Supplies > Bird Supplies
        """;

    [Fact]
    public async Task A_file_is_taken_in_once_and_a_newer_one_changes_what_differs()
    {
        (await Import(File)).ShouldBe((4, 0, 0));
        (await Import(File.Replace("\n", "\r\n"))).ShouldBe((0, 0, 4));
        (await database.Scalar<string>("select string_agg(id || ' ' || level || ' ' || coalesce(parent_id, '-') || ' ' || is_leaf, ', ' order by id) from taxonomy_categories where id like 'ap%'"))
            .ShouldBe("ap 1 - false, ap-1 2 ap true, ap-2 2 ap false, ap-2-1 3 ap-2 true");

        (await Import("gid://shopify/TaxonomyCategory/ap-1 : Animals & Pet Supplies > Animals\ngid://shopify/TaxonomyCategory/ap-2-1-1 : Animals & Pet Supplies > Pet Supplies > Bird Supplies > Cages")).ShouldBe((1, 1, 0));

        (await new FindCategories(database.Source).Find("pet cages", default)).ShouldHaveSingleItem().Id.ShouldBe("ap-2-1-1");
    }

    [Fact]
    public async Task Wrong_lines_are_named_and_nothing_is_taken_in()
    {
        var import = new ImportTaxonomy(database.Source);

        var outcome = await import.Import(Text("gid://shopify/TaxonomyCategory/zz : Zoo\nrubbish\ngid://shopify/TaxonomyCategory/zz-1 : Zoo\ngid://shopify/TaxonomyCategory/ZZ : Zoo"), default);
        var unfit = await import.Import(Text("gid://shopify/TaxonomyCategory/zz : Zoo\ngid://shopify/TaxonomyCategory/zz : Zoo\ngid://shopify/TaxonomyCategory/yy-1 : Yard > Tools"), default);

        outcome.Errors.ShouldBe(
        [
            "Line 2: “rubbish” is no line of the form gid://shopify/TaxonomyCategory/… : A > B.", "Line 3: zz-1 is of level 2, but 1 names stand behind it.", "Line 4: “ZZ” is no id such as aa-1-13-8.",
        ]);
        unfit.Errors.ShouldBe(["Line 2: zz stands in the file twice.", "Line 3: the category above yy-1 is missing."]);
        (await import.Import(Text("# nothing\n"), default)).Errors.ShouldBe(["The file holds no category."]);
        (await database.Scalar<long>("select count(*) from taxonomy_categories where id like 'zz%' or id like 'yy%'")).ShouldBe(0);
    }

    private async Task<(int, int, int)> Import(string file)
    {
        var imported = await new ImportTaxonomy(database.Source).Import(Text(file), default);
        imported.Errors.ShouldBeEmpty();
        return (imported.Added, imported.Changed, imported.Same);
    }

    private static MemoryStream Text(string text) => new(Encoding.UTF8.GetBytes(text));
}
