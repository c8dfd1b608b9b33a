using System.Text.Json.Nodes;
using CowansDashboard.Conflicts.Differences;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Conflicts;

public sealed class ReadableDifferenceTests
{
    [Fact]
    public void A_description_is_told_apart_by_its_words_not_by_its_markup()
    {
        var words = Difference("description_html", "<p>Knitted in Scotland.</p><p>Hand wash at 30 degrees.</p>", "<p>Knitted in <b>Hawick</b>, Scotland.</p><p>Hand wash at 30 degrees.</p>")
            .ShouldBeOfType<ReadableDifference.Words>();

        words.IsMarkup.ShouldBeFalse();
        Show(words.Pieces).ShouldBe("Knitted in +[Hawick, ]Scotland.\nHand wash at 30 degrees.");
    }

    [Fact]
    public void When_only_the_markup_differs_the_markup_is_shown()
    {
        var words = Difference("description_html", "<p>Soft</p>", "<p><em>Soft</em></p>").ShouldBeOfType<ReadableDifference.Words>();

        words.IsMarkup.ShouldBeTrue();
        Show(words.Pieces).ShouldBe("<p>+[<em>]Soft+[</em>]</p>");
    }

    [Fact]
    public void Words_changed_side_by_side_are_one_change() =>
        Show(WordDifference.Of("Hand wash at 30 degrees", "Machine wash cool on wool")).ShouldBe("-[Hand]+[Machine] wash -[at 30 degrees]+[cool on wool]");

    [Fact]
    public void Tags_are_a_set()
    {
        var tags = ReadableDifference.Of("product", "tags", new JsonArray("aw26", "knitwear"), new JsonArray("black-friday", "knitwear")).ShouldBeOfType<ReadableDifference.Elements>();

        Show(tags.Pieces).ShouldBe("-[aw26]+[black-friday]knitwear");
    }

    [Fact]
    public void Values_of_an_option_are_rows_in_their_order()
    {
        JsonArray Values(params string[] names) => [.. names.Select(name => new JsonObject { ["id"] = name.Length, ["name"] = name })];

        var rows = ReadableDifference.Of("option", "option_values", Values("S", "M", "L"), Values("S", "Medium", "L", "XL")).ShouldBeOfType<ReadableDifference.Rows>();

        Show(rows.Pieces).ShouldBe("S-[M]+[Medium]L+[XL]");
    }

    [Fact]
    public void A_price_is_shown_whole() =>
        ReadableDifference.Of("variant", "price", 98.00m, 78.40m).ShouldBeOfType<ReadableDifference.Whole>().Same.ShouldBeFalse();

    [Fact]
    public void What_stayed_and_went_is_the_old_text_what_stayed_and_came_the_new() =>
        Prop.ForAll(Texts, Texts, (from, to) =>
        {
            var pieces = WordDifference.Of(from, to);
            return string.Concat(pieces.Where(piece => piece.Kind != PieceKind.Added).Select(piece => piece.Text)) == from
                && string.Concat(pieces.Where(piece => piece.Kind != PieceKind.Removed).Select(piece => piece.Text)) == to;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Edits_of_different_words_fit_together() =>
        BothEdits.Of(
            "<p>Knitted in Scotland from lambswool. Hand wash at 30 degrees and dry flat.</p>",
            "<p>Knitted in Hawick, Scotland from lambswool. Hand wash at 30 degrees and dry flat.</p>",
            "<p>Knitted in Scotland from lambswool. Machine wash cool and dry flat.</p>", isMarkup: true)
            .ShouldBe("<p>Knitted in Hawick, Scotland from lambswool. Machine wash cool and dry flat.</p>");

    [Theory]
    [InlineData("Blue scarf", "Navy scarf", "Red scarf")]
    [InlineData("Blue scarf", "Blue wool scarf", "Blue long scarf")]
    [InlineData("Blue scarf", "Blue", "scarf")]
    public void Edits_of_the_same_words_do_not(string agreed, string ours, string shopifys) =>
        BothEdits.Of(agreed, ours, shopifys, isMarkup: false).ShouldBeNull();

    [Fact]
    public void Both_edits_are_the_same_whichever_side_made_which() =>
        Prop.ForAll(Texts, Texts, Texts, (agreed, one, other) =>
            BothEdits.Of(agreed, one, other, isMarkup: false) == BothEdits.Of(agreed, other, one, isMarkup: false)).QuickCheckThrowOnFailure();

    private static readonly Arbitrary<string> Texts =
        Gen.Elements("a", "b", "wool", " ", " ", "\n", ",", ".", "<p>").ListOf().Select(words => string.Concat(words)).ToArbitrary();

    private static ReadableDifference Difference(string field, string from, string to) => ReadableDifference.Of("product", field, from, to);

    private static string Show(IEnumerable<Piece> pieces) => string.Concat(pieces.Select(piece => piece.Kind switch
    {
        PieceKind.Added => $"+[{piece.Text}]",
        PieceKind.Removed => $"-[{piece.Text}]",
        _ => piece.Text,
    }));
}
