using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Web.Components.History;

namespace CowansDashboard.Tests.Web.History;

public sealed class HistoryWordsTests
{
    [Fact]
    public void The_same_change_of_many_variants_is_said_once()
    {
        var said = HistoryWords.Said([Line(1, "price", "89.00", "71.2"), Line(2, "price", "89.00", "71.20"), Line(3, "price", "95", "76.00")]);

        said.Select(change => (change.Label, change.Row, change.Old, change.New)).ShouldBe([("Price", "2 variants", "89.00", "71.20"), ("Price", "Variant 3", "95.00", "76.00")]);
    }

    [Fact]
    public void Tags_are_said_as_what_came_and_went()
    {
        var said = HistoryWords.Said([Line(1, "tags", """["a","b"]""", """["b","c"]""", "product")]).ShouldHaveSingleItem();

        (said.Old, said.New).ShouldBe((null, "+ c − a"));
    }

    [Theory]
    [InlineData("description_html", "\"<p>Soft <b>wool</b></p>\"", "Soft wool")]
    [InlineData("vendor", "null", "none")]
    [InlineData("vendor", "\"\"", "empty")]
    [InlineData("taxable", "true", "yes")]
    public void A_value_is_said_in_words(string field, string value, string words) => HistoryWords.Value(field, JsonNode.Parse(value)).ShouldBe(words);

    [Theory]
    [InlineData("price", "1089.5", "£1,089.50")]
    [InlineData("weight", "0.5", "0.5")]
    public void Where_the_shop_is_known_prices_carry_its_currency(string field, string value, string words) => HistoryWords.Value(field, JsonNode.Parse(value), "GBP").ShouldBe(words);

    [Fact]
    public void The_address_of_the_history_leads_back_to_itself() =>
        new HistoryState { Field = "price", By = "7", Set = 12, Undoing = true }.ToUrl().ShouldBe("/history?field=price&by=7&set=12&undo=yes");

    private static ChangeLine Line(long id, string field, string old, string now, string entity = "variant") =>
        new(id, 1, entity, id, 1, "Jumper", $"Variant {id}", field, JsonNode.Parse(old), JsonNode.Parse(now), DateTimeOffset.UnixEpoch, null);
}
