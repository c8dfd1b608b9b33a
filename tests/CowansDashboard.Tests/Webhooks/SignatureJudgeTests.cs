using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CowansDashboard.Webhooks;

namespace CowansDashboard.Tests.Webhooks;

/// <summary>Shopify's own library for apps (@shopify/shopify-api) judges our signatures, and we judge its.</summary>
[Trait("Category", "Integration")]
public sealed class SignatureJudgeTests
{
    private const string Secret = "shpss_0123456789abcdef";
    private const string Letters = "aZ09 \t\n\"\\{}[]:,/éßñ中文한글עברית😀🧶\u0000\u0001\u007f\u2028\ufeff";

    private static readonly string Folder = Path.Combine(Architecture.Repository.Root, "tests", "CowansDashboard.Tests", "Webhooks", "signature-judge");

    [Fact]
    public async Task Signatures_agree_both_ways_over_a_thousand_bodies()
    {
        var random = new Random(11);
        var bodies = Enumerable.Range(0, 1_000).Select(_ => Text(random)).ToArray();
        var secret = SigningKeys.Bytes(Secret);
        // Every tenth is signed over other bytes.
        var lines = bodies.Select((body, i) => (Body: body, Signature: WebhookSignature.Of(Encoding.UTF8.GetBytes(i % 10 == 0 ? body + " " : body), secret))).ToArray();

        var judged = await Judge([.. lines.Select(line => JsonSerializer.Serialize(new { body = line.Body, signature = line.Signature }))]);

        judged.Count.ShouldBe(bodies.Length);
        for (var i = 0; i < bodies.Length; i++)
        {
            judged[i].GetProperty("valid").GetBoolean().ShouldBe(i % 10 != 0, $"body {i}");
            WebhookSignature.Matches(judged[i].GetProperty("signature").GetString()!, Encoding.UTF8.GetBytes(bodies[i]), [secret]).ShouldBeTrue($"body {i}");
        }
    }

    private static string Text(Random random)
    {
        var runes = Letters.EnumerateRunes().ToArray();
        var text = new StringBuilder("{");
        for (var left = random.Next(1, 400); left > 0; left--)
            text.Append(runes[random.Next(runes.Length)]);
        return text.ToString();
    }

    private static async Task<List<JsonElement>> Judge(IReadOnlyCollection<string> lines)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "@shopify", "shopify-api")))
            await Run("npm", [], "ci", "--no-audit", "--no-fund");
        var said = await Run("node", lines, "judge.mjs", Secret);
        return [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
    }

    private static async Task<string> Run(string program, IReadOnlyCollection<string> lines, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        foreach (var line in lines)
            await process.StandardInput.WriteLineAsync(line);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await errors}");
    }
}
