namespace CowansDashboard.BrowserTests.Support;

/// <summary>Where test runs leave what a person may want to look at; git ignores it.</summary>
internal static class TestFolders
{
    public static string Results { get; } = Path.Combine(Root(), "TestResults");

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CowansDashboard.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No CowansDashboard.sln above {AppContext.BaseDirectory}");
    }
}
