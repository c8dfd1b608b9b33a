using CowansDashboard.Shopify.Bulk;
using CowansDashboard.Sync.Pull;

namespace CowansDashboard.Benchmarks;

/// <summary>Result files of bulk queries over a made-up shop, written by the demo store's generator and kept for the next run.</summary>
public static class ResultFiles
{
    private const string Locations = """
        query { locations(includeInactive: true, includeLegacy: true) { edges { node { __typename id name isActive fulfillsOnlineOrders address { address1 city countryCode } } } } }
        """;

    public static async Task<string> Make(string folder, int products)
    {
        var target = Path.Combine(folder, $"shop-{products}");
        Directory.CreateDirectory(target);
        foreach (var (name, query) in PullKind.All.Select(kind => (kind.Name, kind.Query(null).Text)).Append(("locations", Locations)))
        {
            var file = Path.Combine(target, name + ".jsonl");
            var document = Path.Combine(target, name + ".graphql");
            if (File.Exists(file) && File.Exists(document) && await File.ReadAllTextAsync(document) == query)
                continue;
            File.Delete(file);
            await File.WriteAllTextAsync(document, query);
            Console.WriteLine($"  writing {name} of {products:N0} products ...");
            await BenchmarkPostgres.Shell("node", "--max-old-space-size=8000", Path.Combine(Repository(), "src/demo-store/write-jsonl.mjs"),
                "--products", $"{products}", "--query", document, "--out", file + ".part");
            File.Move(file + ".part", file, overwrite: true);
        }
        return target;
    }

    public static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "CowansDashboard.sln")))
            folder = folder.Parent;
        return folder.FullName;
    }
}
