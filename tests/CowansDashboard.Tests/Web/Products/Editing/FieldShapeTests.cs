using System.Text.Json.Nodes;
using CowansDashboard.Web.Components.Products.Editing;

namespace CowansDashboard.Tests.Web.Products.Editing;

public sealed class FieldShapeTests
{
    [Theory]
    [InlineData("12.5", "12.5")]
    [InlineData(" £1,200.00 ", "1200.00")]
    [InlineData("1,234,567", "1234567")]
    [InlineData("0", "0")]
    public void An_amount_is_read_as_people_type_it(string text, string value) =>
        FieldShapes.Same(((Understood.As)FieldShapes.Read(FieldShape.Money, text)).Value, JsonNode.Parse(value)).ShouldBeTrue();

    [Theory]
    [InlineData("12,50", "12.50")]
    [InlineData("1.234,56", "1234.56")]
    [InlineData("cheap", "such as 12.50")]
    [InlineData("-3", "below zero")]
    [InlineData("", "A price is needed")]
    public void A_wrong_amount_says_what_would_be_right(string text, string says) =>
        ((Understood.Wrong)FieldShapes.Read(FieldShape.Money, text)).Sentence.ShouldContain(says);

    [Fact]
    public void An_empty_box_is_no_value_where_none_is_allowed()
    {
        ((Understood.As)FieldShapes.Read(FieldShape.MaybeMoney, " ")).Value.ShouldBeNull();
        ((Understood.As)FieldShapes.Read(FieldShape.MaybeWords, "")).Value.ShouldBeNull();
        ((Understood.As)FieldShapes.Read(FieldShape.Words, "")).Value!.GetValue<string>().ShouldBe("");
    }

    [Theory]
    [InlineData("10.0", "10.00", true)]
    [InlineData("10", "11", false)]
    [InlineData("null", "0", false)]
    [InlineData("[\"a\",\"b\"]", "[\"a\",\"b\"]", true)]
    [InlineData("[\"a\",\"b\"]", "[\"b\",\"a\"]", true)]
    [InlineData("[\"a\",\"b\"]", "[\"a\"]", false)]
    [InlineData("\"a\"", "\"a\"", true)]
    [InlineData("true", "false", false)]
    public void Values_are_compared_as_values(string one, string other, bool same) =>
        FieldShapes.Same(JsonNode.Parse(one), JsonNode.Parse(other)).ShouldBe(same);
}
