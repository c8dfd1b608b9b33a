using System.Text.RegularExpressions;

namespace CowansDashboard.Tests.Architecture;

/// <summary>How the source files look everywhere. Each failure names the file and the line.</summary>
public sealed partial class SourceTests
{
    private const int LongestFile = 400;

    private static readonly string[] Ours = ["src", "tests"];

    [Fact]
    public void No_file_is_longer_than_a_person_reads_at_once() =>
        Repository.Files(Ours, ".cs", ".razor", ".mjs", ".js", ".css", ".graphql", ".sh").Append("start-dashboard.sh")
            .Select(file => (File: file, Repository.Lines(file).Length))
            .Where(file => file.Length > LongestFile)
            .Select(file => $"{file.File} has {file.Length} lines")
            .ShouldBeEmpty($"cut files along their subjects; {LongestFile} lines is the limit");

    [Fact]
    public void Nothing_is_left_to_do_later() => Lines(Unfinished(), ".cs", ".razor", ".mjs", ".js", ".sql", ".sh").ShouldBeEmpty("finish it or leave it out");

    [Fact]
    public void Files_have_no_regions() => Lines(Region(), ".cs", ".razor").ShouldBeEmpty("cut the file instead");

    [Fact]
    public void A_suppressed_warning_says_why() =>
        Lines(Pragma(), ".cs").ShouldBeEmpty("write the reason behind the #pragma: // because …");

    [Fact]
    public void A_namespace_follows_its_folder()
    {
        var offences =
            from file in Repository.Files(Ours, ".cs")
            from line in Repository.Lines(file)
            let declared = Namespace().Match(line)
            where declared.Success
            let expected = file[(file.IndexOf('/') + 1)..file.LastIndexOf('/')].Replace('/', '.')
            where declared.Groups[1].Value != expected
            select $"{file} declares {declared.Groups[1].Value}, its folder says {expected}";

        offences.ShouldBeEmpty();
    }

    [Fact]
    public void Every_option_says_what_it_does()
    {
        var offences =
            from file in Repository.Files(["src"], "Options.cs")
            let lines = Repository.Lines(file)
            from index in Enumerable.Range(0, lines.Length)
            where PublicProperty().IsMatch(lines[index]) && !HasSummary(lines, index)
            select $"{file}:{index + 1}: {lines[index].Trim()}";

        offences.ShouldBeEmpty("write a <summary>: what it is, its default, its effect");
    }

    [Fact]
    public void Every_public_type_of_the_Shopify_library_says_what_it_is()
    {
        var offences =
            from file in Repository.Files(["src/CowansDashboard.Shopify"], ".cs")
            let lines = Repository.Lines(file)
            from index in Enumerable.Range(0, lines.Length)
            where PublicType().IsMatch(lines[index]) && !HasSummary(lines, index)
            select $"{file}:{index + 1}: {lines[index].Trim()}";

        offences.ShouldBeEmpty("write a <summary>");
    }

    private static IEnumerable<string> Lines(Regex offence, params string[] endings) =>
        from file in Repository.Files(Ours, endings)
        where !file.EndsWith("Architecture/SourceTests.cs", StringComparison.Ordinal)
        from line in Repository.Lines(file).Index()
        where offence.IsMatch(line.Item)
        select $"{file}:{line.Index + 1}: {line.Item.Trim()}";

    // Attributes, of one line or several, may stand between the summary and what it describes.
    private static bool HasSummary(string[] lines, int declaration) =>
        lines.Take(declaration).Reverse()
            .TakeWhile(line => line.Trim() is not ("" or "{" or "}") && !line.EndsWith(';'))
            .Any(line => line.TrimStart().StartsWith("///", StringComparison.Ordinal));

    [GeneratedRegex(@"\b(TODO|FIXME|XXX|HACK)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"^\s*#region")]
    private static partial Regex Region();

    [GeneratedRegex(@"^\s*#pragma warning disable(?!.*//)")]
    private static partial Regex Pragma();

    [GeneratedRegex(@"^namespace ([\w.]+);")]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^    public (required )?[\w<>?\[\], ]+ \w+ \{ get;")]
    private static partial Regex PublicProperty();

    [GeneratedRegex(@"^public (sealed |abstract |static |readonly |partial )*(class|record|struct|interface|enum|delegate) ")]
    private static partial Regex PublicType();
}
