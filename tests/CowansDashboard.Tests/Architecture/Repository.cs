namespace CowansDashboard.Tests.Architecture;

/// <summary>The source files of this repository, as a reader finds them: nothing built, fetched or installed.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["bin", "obj", "node_modules", "_framework", "TestResults"];

    public static string Root { get; } = FindRoot();

    public static string ProductFolder => Path.Combine(Root, "src", "CowansDashboard");

    /// <summary>Files with these endings below the folders, named from the root with forward slashes.</summary>
    public static IEnumerable<string> Files(string[] folders, params string[] endings) =>
        from folder in folders
        from file in FilesBelow(Path.Combine(Root, folder))
        where endings.Any(ending => file.EndsWith(ending, StringComparison.Ordinal))
        select Path.GetRelativePath(Root, file).Replace('\\', '/');

    public static IEnumerable<string> Folders(params string[] folders) =>
        from folder in folders
        from below in FoldersBelow(Path.Combine(Root, folder))
        select Path.GetRelativePath(Root, below).Replace('\\', '/');

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    private static IEnumerable<string> FilesBelow(string folder) =>
        Directory.Exists(folder) ? FoldersBelow(folder).Prepend(folder).SelectMany(Directory.GetFiles) : [];

    private static IEnumerable<string> FoldersBelow(string folder) =>
        from child in Directory.GetDirectories(folder)
        let name = Path.GetFileName(child)
        where !NotOurs.Contains(name) && !name.StartsWith('.')
        from found in FoldersBelow(child).Prepend(child)
        select found;

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CowansDashboard.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No CowansDashboard.sln above {AppContext.BaseDirectory}");
    }
}
