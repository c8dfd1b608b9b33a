using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using CowansDashboard.Web.Components.Kit;

namespace CowansDashboard.Tests.Web.Kit;

public sealed partial class IconUseTests
{
    [Fact]
    public void Every_icon_that_a_page_names_exists()
    {
        var used = Directory.EnumerateFiles(WebProject.Folder, "*.razor", SearchOption.AllDirectories)
            .SelectMany(file => NamedIcon().Matches(File.ReadAllText(file)).Select(match => (File: Path.GetFileName(file), Name: match.Groups.Values.Skip(1).First(group => group.Success).Value)))
            .ToList();

        used.Count.ShouldBeGreaterThan(20);
        used.Where(use => !Icons.Names.Contains(use.Name)).ShouldBeEmpty();
    }

    [GeneratedRegex("""<Icon Name="([a-z-]+)"|IconName="([a-z-]+)"|<RailLink [^>]*Icon="([a-z-]+)""")]
    private static partial Regex NamedIcon();
}

static class WebProject
{
    public static string Folder { get; } = Find();

    static string Find([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../../src/CowansDashboard.Web"));
}
