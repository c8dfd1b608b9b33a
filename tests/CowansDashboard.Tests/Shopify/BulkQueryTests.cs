using CowansDashboard.Shopify.Bulk;

namespace CowansDashboard.Tests.Shopify;

public sealed class BulkQueryTests
{
    [Fact]
    public void Without_a_filter_no_variable_and_no_argument_is_left()
    {
        foreach (var query in DocumentsTests.BulkQueries(null))
        {
            query.Text.ShouldNotContain("$");
            query.Text.ShouldStartWith($"query {query.Name} {{");
        }
    }

    [Fact]
    public void A_filter_is_written_as_a_string_of_graphql()
    {
        foreach (var query in DocumentsTests.BulkQueries("""created_at:>='2026-01-01T00:00:00Z' AND title:"it's"\ """))
        {
            query.Text.ShouldNotContain("$");
            query.Text.ShouldContain("""(query: "created_at:>='2026-01-01T00:00:00Z' AND title:\"it's\"\\ ")""");
        }
    }

    [Fact]
    public void A_query_is_recognised_however_it_was_laid_out()
    {
        BulkQuery.Media("id:>1").IsSameAs(BulkQuery.Media("id:>1").Text.Replace("\n", "\r\n\t", StringComparison.Ordinal)).ShouldBeTrue();
        BulkQuery.Media("id:>1").IsSameAs(BulkQuery.Media("id:>2").Text).ShouldBeFalse();
        BulkQuery.Media("id:>1").IsSameAs(null).ShouldBeFalse();
    }
}
