using CowansDashboard.History;
using CowansDashboard.Web.Components.Products.Editing;

namespace CowansDashboard.Tests.Web.Products.Editing;

public sealed class MetafieldTextTests
{
    [Fact]
    public void A_list_is_edited_as_lines()
    {
        MetafieldText.Lines("""["Sierra", "wäsche"]""").ShouldBe("Sierra\nwäsche");
        MetafieldText.FromLines("list.single_line_text_field", " Sierra \n\n12").ShouldBe("""["Sierra","12"]""");
        MetafieldText.FromLines("list.number_integer", "12\n7").ShouldBe("[12,7]");
        MetafieldText.FromLines("list.product_reference", "gid://shopify/Product/1").ShouldBe("""["gid://shopify/Product/1"]""");
    }

    [Fact]
    public void A_measure_and_an_amount_keep_their_form()
    {
        MetafieldText.Measure("""{"value":2.2,"unit":"kg"}""").ShouldBe(("2.2", "kg"));
        MetafieldText.FromMeasure("2.5", "kg").ShouldBe("""{"value":2.5,"unit":"kg"}""");
        MetafieldValue.Problem("weight", MetafieldText.FromMeasure("heavy", "kg")).ShouldNotBeNull();
        MetafieldText.FromMoney("3.10", "GBP").ShouldBe("""{"amount":"3.10","currency_code":"GBP"}""");
    }
}
