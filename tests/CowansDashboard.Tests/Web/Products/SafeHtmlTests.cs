using AngleSharp.Html.Parser;
using CowansDashboard.Web.Components.Products;

namespace CowansDashboard.Tests.Web.Products;

public sealed class SafeHtmlTests
{
    private readonly SafeHtml _safe = new();

    [Theory]
    [InlineData("<p>Soft <b>wool</b></p>", "<p>Soft <b>wool</b></p>")]
    [InlineData("<ul><li>One</li><li>Two</li></ul>", "<ul><li>One</li><li>Two</li></ul>")]
    [InlineData("1 < 2 & 3", "1 &lt; 2 &amp; 3")]
    [InlineData("<font color=red>Old</font> <center>shop</center>", "Old shop")]
    [InlineData("<p dir=\"rtl\" lang=\"he\">שלום</p>", "<p dir=\"rtl\" lang=\"he\">שלום</p>")]
    [InlineData("", "")]
    public void Text_and_its_shape_stay(string html, string expected) => _safe.Of(html).ShouldBe(expected);

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("<img src=\"javascript:alert(1)\">")]
    [InlineData("<svg onload=alert(1)><circle/></svg>")]
    [InlineData("<svg><script>alert(1)</script></svg>")]
    [InlineData("<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">")]
    [InlineData("<a href=\"javascript:alert(1)\">x</a>")]
    [InlineData("<a href=\" &#106;avascript:alert(1)\">x</a>")]
    [InlineData("<a href=\"java\nscript:alert(1)\">x</a>")]
    [InlineData("<a href=\"data:text/html,<script>alert(1)</script>\">x</a>")]
    [InlineData("<a href=\"vbscript:x\">x</a>")]
    [InlineData("<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>")]
    [InlineData("<object data=x></object><embed src=x>")]
    [InlineData("<form action=https://evil><input name=a><button formaction=javascript:alert(1)>x</button></form>")]
    [InlineData("<p style=\"background:url(javascript:alert(1))\" onclick=alert(1) id=main class=panel>x</p>")]
    [InlineData("<style>body{display:none}</style><link rel=stylesheet href=//evil><base href=//evil><meta http-equiv=refresh content=0>")]
    [InlineData("<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">")]
    [InlineData("<template><script>alert(1)</script></template>")]
    [InlineData("<textarea><img src=x onerror=alert(1)></textarea>")]
    [InlineData("<p><!--<img src=x onerror=alert(1)>--></p>")]
    [InlineData("<isindex prompt=x><marquee onstart=alert(1)>x</marquee><details ontoggle=alert(1) open>x</details>")]
    [InlineData("<table background=javascript:alert(1)><td background=javascript:alert(1)>x</td></table>")]
    public void Nothing_that_could_act_survives(string html)
    {
        var shown = new HtmlParser().ParseDocument($"<body>{_safe.Of(html)}</body>").Body!;

        foreach (var element in shown.QuerySelectorAll("*"))
        {
            new[] { "script", "style", "iframe", "object", "embed", "svg", "math", "form", "input", "button", "link", "meta", "base", "template", "textarea" }.ShouldNotContain(element.LocalName);
            foreach (var attribute in element.Attributes)
            {
                attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase).ShouldBeFalse(attribute.Name);
                new[] { "style", "id", "class", "srcdoc", "background", "name" }.ShouldNotContain(attribute.Name);
                if (attribute.Name is "href" or "src")
                    attribute.Value.ShouldMatch("^(https?|mailto|tel):");
            }
        }
    }

    [Fact]
    public void What_was_made_safe_once_stays_as_it_is()
    {
        const string Html = "<p>x <a href=\"https://a.example/?b=1&amp;c=2\">link</a><img src=\"//cdn.shopify.com/x.jpg\" width=\"200\" alt=\"\"></p><table><tr><td colspan=2>1</td></tr></table>";

        var once = _safe.Of(Html);

        once.ShouldContain("https://cdn.shopify.com/x.jpg");
        once.ShouldContain("noopener");
        _safe.Of(once).ShouldBe(once);
    }

    [Fact]
    public void Headings_of_a_description_stand_below_those_of_the_page() =>
        _safe.Of("<h1>A</h1><h2>B</h2><h3>C</h3><h6>D</h6>").ShouldBe("<h3>A</h3><h4>B</h4><h5>C</h5><h6>D</h6>");

    [Fact]
    public void A_tower_of_tags_is_cut_and_does_not_fell_the_page() =>
        _safe.Of(string.Concat(Enumerable.Repeat("<div>", 20_000)) + "deep").Length.ShouldBeLessThan(2_000);
}
