using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Bulk;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Catalog.Bulk;

public sealed class BulkActionProperties
{
    private static readonly Arbitrary<(decimal Price, PriceAction Action, string Currency)> Prices = (
        from cents in Gen.Choose(0, 10_000_000)
        from currency in Gen.Elements("EUR", "JPY", "KWD")
        from move in Gen.Elements(Enum.GetValues<PriceMove>())
        from amount in Gen.Choose(-20_000, 20_000)
        from ending in Gen.Elements(Enum.GetValues<PriceEnding>())
        let decimals = currency switch { "JPY" => 0, "KWD" => 3, _ => 2 }
        select (decimal.Round(cents / 100m, decimals), new PriceAction(false, move, move == PriceMove.Percent ? amount / 100m : decimal.Round(amount / 100m, decimals), ending), currency)).ToArbitrary();

    [Fact]
    public void A_new_price_is_never_below_0_and_has_no_more_decimals_than_the_currency() =>
        Prop.ForAll(Prices, each => each.Action.Problem(each.Currency) is not null || each.Action.Change(each.Price, each.Currency) switch
        {
            BulkChange.Changed changed => (decimal)changed.New! >= 0 && decimal.Round((decimal)changed.New!, each.Currency switch { "JPY" => 0, "KWD" => 3, _ => 2 }) == (decimal)changed.New!,
            BulkChange.Refused => each.Action.Move == PriceMove.Add && each.Price + each.Action.Amount < 0,
            _ => true,
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_price_ends_as_asked_and_lies_within_half_a_unit_of_the_exact_one() =>
        Prop.ForAll(Prices, each =>
        {
            if (each.Action.Problem(each.Currency) is not null || each.Action.Change(each.Price, each.Currency) is not BulkChange.Changed changed)
                return true;
            var (after, exact) = ((decimal)changed.New!, each.Action.Move switch
            {
                PriceMove.Set => each.Action.Amount,
                PriceMove.Add => each.Price + each.Action.Amount,
                _ => each.Price * (1 + (each.Action.Amount / 100m)),
            });
            if (exact == 0)
                return after == 0;
            return each.Action.Ending switch
            {
                PriceEnding.NinetyNine => after % 1 == 0.99m && (Math.Abs(after - exact) <= 0.5m || after == 0.99m),
                PriceEnding.NinetyFive => after % 1 == 0.95m && (Math.Abs(after - exact) <= 0.5m || after == 0.95m),
                PriceEnding.Whole => after % 1 == 0 && after >= 1 && (Math.Abs(after - exact) <= 0.5m || after == 1),
                _ => Math.Abs(after - exact) <= 0.5m,
            };
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_was_set_once_is_unchanged_the_second_time() =>
        Prop.ForAll(Prices, each =>
        {
            var set = each.Action with { Move = PriceMove.Set, Amount = Math.Abs(each.Action.Amount) };
            return set.Problem(each.Currency) is not null || set.Change(each.Price, each.Currency) is not BulkChange.Changed changed
                || set.Change(changed.New, each.Currency) is BulkChange.Unchanged;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("24.90", PriceMove.Percent, "10", PriceEnding.None, "27.39")]
    [InlineData("24.90", PriceMove.Percent, "-20", PriceEnding.NinetyNine, "19.99")]
    [InlineData("24.90", PriceMove.Add, "-5", PriceEnding.NinetyFive, "19.95")]
    [InlineData("0.40", PriceMove.Set, "0.40", PriceEnding.Whole, "1")]
    public void Prices_move(string before, PriceMove move, string amount, PriceEnding ending, string after) =>
        ((decimal)new PriceAction(false, move, decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), ending)
            .Change(decimal.Parse(before, System.Globalization.CultureInfo.InvariantCulture), "EUR").ShouldBeOfType<BulkChange.Changed>().New!)
        .ShouldBe(decimal.Parse(after, System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void A_compare_at_price_that_is_not_there_is_neither_raised_nor_made()
    {
        new PriceAction(true, PriceMove.Percent, 10).Change(null, "EUR").ShouldBeOfType<BulkChange.Unchanged>();
        new ClearCompareAt().Change(12m, "EUR").ShouldBe(new BulkChange.Changed(null));
    }

    [Fact]
    public void Tags_are_added_and_removed_whatever_their_letters()
    {
        var action = new ChangeTags([" Sale ", "WOOL"], ["winter"]);

        var changed = action.Change(new JsonArray("Winter", "wool"), "EUR").ShouldBeOfType<BulkChange.Changed>();

        changed.New!.ToJsonString().ShouldBe("""["Sale","wool"]""");
        action.Change(changed.New, "EUR").ShouldBeOfType<BulkChange.Unchanged>();
        action.Title.ShouldBe("Tags +Sale, +WOOL, −winter");
    }

    [Theory]
    [InlineData("<p class=\"wool\">Wool &amp; wool</p><!-- wool --><style>.wool{}</style>", "wool", "cotton", "<p class=\"wool\">cotton &amp; cotton</p><!-- wool --><style>.wool{}</style>")]
    [InlineData("<p>Q&amp;A</p>", "amp", "x", "<p>Q&amp;A</p>")]
    [InlineData("<p>Q&amp;A</p>", "Q&A", "Help <us>", "<p>Help &lt;us&gt;</p>")]
    public void Words_of_a_description_are_replaced_and_its_markup_is_not(string html, string find, string with, string after)
    {
        var change = new ReplaceText("description_html", find, with).Change(html, "EUR");

        (change is BulkChange.Changed changed ? (string)changed.New! : html).ShouldBe(after);
    }

    [Fact]
    public void A_replacement_that_leaves_no_title_is_refused()
    {
        new ReplaceText("title", "Jumper", "").Change("Jumper", "EUR").ShouldBeOfType<BulkChange.Refused>().Reason.ShouldBe("Title would be empty.");
        new ReplaceText("title", "jumper", "Cardigan").Change("Jumper", "EUR").ShouldBeOfType<BulkChange.Changed>().New!.ToString().ShouldBe("Cardigan");
        new ReplaceText("title", "jumper", "Cardigan", MatchCase: true).Change("Jumper", "EUR").ShouldBeOfType<BulkChange.Unchanged>();
    }

    [Fact]
    public void A_bad_value_is_named()
    {
        (BulkAction Action, string Value)[] wrong =
        [
            (new PriceAction(false, PriceMove.Set, -1), "amount"),
            (new PriceAction(false, PriceMove.Set, 9.50m), "amount"),
            (new PriceAction(false, PriceMove.Percent, -101), "amount"),
            (new PriceAction(false, PriceMove.Set, 900, PriceEnding.NinetyNine), "ending"),
            (new SetField("status", "SOLD"), "value"),
            (new SetField("handle", "x"), "field"),
            (new ChangeTags([], [" "]), "add"),
            (new ReplaceText("title", "", "x"), "find"),
            (new SetStock(0, false, 1), "location"),
            (new SetStock(1, false, -1), "amount"),
        ];
        foreach (var (action, value) in wrong)
            action.Problem("JPY").ShouldNotBeNull(action.GetType().Name).Value.ShouldBe(value);
    }

    [Fact]
    public void An_action_is_stored_and_read_as_it_was()
    {
        BulkAction[] actions = [new PriceAction(true, PriceMove.Percent, -12.5m, PriceEnding.NinetyNine), new ClearCompareAt(), new SetField("vendor", "Glen"), new ReplaceText("sku", "A", "B", true), new SetStock(3, true, -2)];
        foreach (var action in actions)
        {
            var text = JsonSerializer.Serialize(action, BulkJson.Default.BulkAction);
            var turned = new JsonObject(JsonNode.Parse(text)!.AsObject().Reverse().Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))).ToJsonString();
            JsonSerializer.Deserialize(turned, BulkJson.Default.BulkAction).ShouldBe(action);
            JsonSerializer.Deserialize(text, BulkJson.Default.BulkAction).ShouldBe(action);
        }
    }
}
