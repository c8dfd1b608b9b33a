using System.Text.RegularExpressions;

namespace CowansDashboard.Tests.Web.Kit;

/// <summary>The design's colours keep their promises: WCAG contrast, and one dark for those who chose it and those who did not.</summary>
public sealed partial class TokensTests
{
    static readonly string Css = File.ReadAllText(Path.Combine(WebProject.Folder, "wwwroot/css/tokens.css"));

    static Dictionary<string, string> Block(string selector)
    {
        var from = Css.IndexOf(selector + " {", StringComparison.Ordinal);
        var block = Css[from..Css.IndexOf('}', from)];
        return Token().Matches(block).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Trim());
    }

    static readonly Dictionary<string, string> Light = Block(":root");
    static readonly Dictionary<string, string> Dark = Block(":root[data-theme=\"dark\"]");

    [Fact]
    public void The_systems_dark_is_the_chosen_dark() => Block(":root:not([data-theme])").ShouldBe(Dark);

    [Theory]
    [InlineData("ink", "surface", 7)]
    [InlineData("ink-2", "surface", 4.5)]
    [InlineData("ink-3", "well", 4.5)]
    [InlineData("accent", "canvas", 4.5)]
    [InlineData("on-accent", "accent", 4.5)]
    [InlineData("accent-soft-ink", "accent-soft", 4.5)]
    [InlineData("ok", "ok-soft", 4.5)]
    [InlineData("wait", "wait-soft", 4.5)]
    [InlineData("bad", "bad-soft", 4.5)]
    [InlineData("conflict", "conflict-soft", 4.5)]
    [InlineData("theirs", "theirs-soft", 4.5)]
    [InlineData("line-strong", "canvas", 3)]
    public void Words_can_be_read_in_both_themes(string ink, string ground, double least)
    {
        Contrast(Light[ink], Light[ground]).ShouldBeGreaterThanOrEqualTo(least);
        Contrast(Dark[ink], Dark[ground]).ShouldBeGreaterThanOrEqualTo(least);
    }

    static double Contrast(string one, string other)
    {
        double[] both = [Luminance(one), Luminance(other)];
        return (both.Max() + .05) / (both.Min() + .05);
    }

    static double Luminance(string hex)
    {
        var parts = Enumerable.Range(0, 3).Select(index => Convert.ToInt32(hex.Substring(1 + (index * 2), 2), 16) / 255d)
            .Select(part => part <= .04045 ? part / 12.92 : Math.Pow((part + .055) / 1.055, 2.4)).ToArray();
        return (.2126 * parts[0]) + (.7152 * parts[1]) + (.0722 * parts[2]);
    }

    [GeneratedRegex(@"--([a-z0-9-]+):\s*([^;]+);")]
    private static partial Regex Token();
}
