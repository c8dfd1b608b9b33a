using CowansDashboard.Web.Components.Products.Editing;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Web.Products.Editing;

public sealed class EditableHtmlTests
{
    private const string Messy = "<P CLASS=lead data-x='1'>Soft &amp; warm</P>\n\n<p>From <b>Leith</b></p>\n<ul><li>One<li>Two</ul> tail";

    [Fact]
    public void What_nobody_touched_is_letter_by_letter_as_it_was()
    {
        var editable = new EditableHtml(Messy);

        editable.Read(editable.Html).ShouldBe(Messy);
        editable.Loses.ShouldBeFalse();
        editable.RewritesAll.ShouldBeFalse();
    }

    [Fact]
    public void Only_the_paragraph_that_changed_is_written_anew()
    {
        var editable = new EditableHtml(Messy);

        editable.Read(editable.Html.Replace("From <b>Leith</b>", "From <b>Leith</b> docks"))
            .ShouldBe("<P CLASS=lead data-x='1'>Soft &amp; warm</P>\n\n<p>From <b>Leith</b> docks</p>\n<ul><li>One<li>Two</ul> tail");
    }

    [Fact]
    public void A_new_paragraph_leaves_those_around_it_alone()
    {
        var editable = new EditableHtml("<p  >One</p><p >Two</p>");

        editable.Read("<p>One</p><p>Between</p><p>Two</p>").ShouldBe("<p  >One</p><p>Between</p><p >Two</p>");
        editable.Read("<p>Two</p>").ShouldBe("<p >Two</p>");
        editable.Read("<p>Two</p><p>One</p>").ShouldContain("<p >Two</p>");
    }

    [Fact]
    public void What_the_editor_may_not_show_returns_with_the_words_around_it()
    {
        const string Source = """<p class="a" onclick="x()" style="color: red; position: fixed">Watch</p><iframe src="https://films.example/1"></iframe><!-- split --><p>After<script>go()</script></p>""";
        var editable = new EditableHtml(Source);

        editable.Html.ShouldNotContain("<iframe");
        editable.Html.ShouldNotContain("script>");
        editable.Html.ShouldNotContain("onclick");
        editable.Html.ShouldNotContain("fixed");
        editable.Boxes.ShouldBe(["iframe", "note", "script"]);
        editable.Loses.ShouldBeFalse();
        var edited = editable.Read(editable.Html.Replace("Watch", "Look").Replace("After", "Later"));
        edited.ShouldBe("""<p class="a" onclick="x()" style="color: red; position: fixed">Look</p><iframe src="https://films.example/1"></iframe><!-- split --><p>Later<script>go()</script></p>""");
    }

    [Fact]
    public void What_the_person_changes_on_a_marked_element_counts()
    {
        var editable = new EditableHtml("""<p class="a">One</p><a href="https://x.example/" class="b">Link</a>""");

        var aligned = editable.Html.Replace("<p ", """<p style="text-align: center;" """).Replace("https://x.example/", "https://y.example/");

        editable.Read(aligned).ShouldBe("""<p class="a" style="text-align: center;">One</p><a href="https://y.example/" class="b">Link</a>""");
    }

    [Fact]
    public void Marks_of_the_editor_itself_are_no_change()
    {
        var editable = new EditableHtml("<table><tbody><tr><td>1</td></tr></tbody></table>");

        editable.Read("""<table><tbody><tr><td class="rz-html-editor-cell-selected">1</td></tr></tbody></table>""").ShouldBe(editable.Source);
    }

    [Fact]
    public void What_is_pasted_brings_nothing_that_could_act() =>
        EditableHtml.Pasted("""<h2 class="x" onclick="y()">Warm</h2><script>z()</script><p style="position:fixed;text-align:center">Wool</p>""")
            .ShouldBe("""<h2>Warm</h2><p style="text-align:center;">Wool</p>""");

    [Fact]
    public void It_says_when_the_editor_would_drop_something()
    {
        new EditableHtml("<table><tbody><script>x</script><tr><td>1</td></tr></tbody></table>").Loses.ShouldBeTrue();
        new EditableHtml("<p>One<p>Two").Loses.ShouldBeFalse();
        new EditableHtml(string.Concat(Enumerable.Repeat("<div>", 200))).CanShow.ShouldBeFalse();
    }

    [Fact]
    public void For_random_descriptions_nothing_changes_by_itself_and_a_change_stays_in_its_place()
    {
        var word = Gen.Elements("soft", "a &amp; b", "", " ", "<br>", "<b>bold</b>", "<B class=x>bold</B>", "<!-- note -->", "<iframe src=x></iframe>", "<span style='color:red;top:1px'>red</span>", "<img src=\"https://x.example/a.jpg\" class=p>", "<img src=data:x>", "<font size=2>big</font>", "&nbsp;");
        var part = from tag in Gen.Elements("p", "div", "P class=\"lead\"", "h2 id=top", "section data-a='1'", "blockquote", "") from words in word.ListOf(3) select tag.Length == 0 ? string.Concat(words) : $"<{tag}>{string.Concat(words)}</{tag.Split(' ')[0]}>";

        Prop.ForAll(part.ListOf().ToArbitrary(), parts =>
        {
            var source = string.Concat(parts);
            var editable = new EditableHtml(source);
            editable.Read(editable.Html).ShouldBe(source);
            if (editable.RewritesAll)
                return;
            editable.Read(editable.Html + "<p>Added</p>").ShouldBe(source + "<p>Added</p>");
            editable.Read("<p>Added</p>" + editable.Html).ShouldEndWith(source);
        }).QuickCheckThrowOnFailure();
    }
}
