using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CowansDashboard.Tests.Support;

/// <summary>The demo store's program, made ready once: its dependency installed and Shopify's schema fetched where they are missing.</summary>
public static class DemoStoreFiles
{
    public static readonly Lazy<Task> Ready = new(MakeReady);

    public static string Folder { get; } = Path.GetFullPath(Path.Combine(Here(), "../../../src/demo-store"));

    /// <summary>Runs a program to its end in the demo store's folder; answers its exit code and what it printed.</summary>
    public static async Task<(int Code, string Output)> Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    private static async Task MakeReady()
    {
        Directory.CreateDirectory(Path.Combine(Folder, ".schema"));
        await using var alone = await Lock(Path.Combine(Folder, ".schema", "lock"));
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "graphql")))
        {
            await Must("npm", "ci", "--silent");
        }

        await Must("node", "get-schema.mjs");
    }

    private static async Task Must(string program, params string[] arguments)
    {
        var (code, output) = await Run(program, arguments);
        if (code != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} in {Folder} ended with {code}: {output}");
        }
    }

    // Several test processes may start together on a fresh clone.
    private static async Task<FileStream> Lock(string file)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            }
            catch (IOException) when (attempt < 1200)
            {
                await Task.Delay(100);
            }
        }
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
