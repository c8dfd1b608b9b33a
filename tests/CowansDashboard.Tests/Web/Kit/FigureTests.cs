using CowansDashboard.Web.Components.Kit;

namespace CowansDashboard.Tests.Web.Kit;

public sealed class FigureTests
{
    [Theory]
    [InlineData(0, "0%")]
    [InlineData(.0001, "1%")]
    [InlineData(.7399, "73%")]
    [InlineData(.9999, "99%")]
    [InlineData(1, "100%")]
    [InlineData(1.2, "100%")]
    [InlineData(double.NaN, "0%")]
    public void A_share_says_done_only_when_it_is_done(double share, string shown) => Figure.Percent(share).ShouldBe(shown);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(950, "950")]
    [InlineData(6_000, "6,000")]
    [InlineData(80_000, "80k")]
    [InlineData(1_250_000, "1.3m")]
    public void An_axis_is_short(double value, string shown) => Figure.Axis(value).ShouldBe(shown);

    [Theory]
    [InlineData(71.2, "GBP", "£71.20")]
    [InlineData(-5, "GBP", "−£5.00")]
    [InlineData(1200, "JPY", "¥1,200")]
    [InlineData(89, "XTS", "XTS 89.00")]
    public void Money_names_its_currency(double amount, string currency, string shown) => Figure.Money((decimal)amount, currency).ShouldBe(shown);

    [Fact]
    public void One_is_singular()
    {
        Figure.Count(1, "run").ShouldBe("1 run");
        Figure.Count(18_406, "product").ShouldBe("18,406 products");
        Figure.Count(2, "category", "categories").ShouldBe("2 categories");
    }

    [Theory]
    [InlineData(512, "512 B")]
    [InlineData(193_000_000, "184 MB")]
    [InlineData(5_368_709_120, "5.0 GB")]
    public void Bytes_have_a_unit(long bytes, string shown) => Figure.Bytes(bytes).ShouldBe(shown);
}
