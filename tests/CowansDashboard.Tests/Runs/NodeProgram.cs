using System.Diagnostics;
using System.Globalization;
using CowansDashboard.Runs;
using Microsoft.Extensions.Hosting;

namespace CowansDashboard.Tests.Runs;

/// <summary>A node as a process of its own, so that a test can really kill, stop and restart it.</summary>
internal static class NodeProgram
{
    public static async Task Main(string[] arguments)
    {
        if (arguments is ["pull", var database, var shopify, var folder, var name])
        {
            await Sync.PullNode.Serve(database, shopify, folder, name);
            return;
        }
        if (arguments is ["hear", var heard, var shop, var keys, var hearer, var port])
        {
            await Webhooks.HearingNode.Serve(heard, shop, keys, hearer, port);
            return;
        }
        if (arguments is not [var connectionString, var node, var steps, var pause])
            return;
        var work = new StepByStep(int.Parse(steps, CultureInfo.InvariantCulture), TimeSpan.FromMilliseconds(int.Parse(pause, CultureInfo.InvariantCulture)));
        await using var host = await RunHost.Start(connectionString, node, work);
        var end = new TaskCompletionSource();
        using var stopping = host.Get<IHostApplicationLifetime>().ApplicationStopping.Register(() => end.TrySetResult());
        await Console.Out.WriteLineAsync("ready");
        await end.Task;
    }
}

/// <summary>The test's hold on such a process.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource<DateTimeOffset> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NodeProcess(Process process) => _process = process;

    /// <summary>When it wrote its first line.</summary>
    public Task<DateTimeOffset> FirstLine => _firstLine.Task;

    public static NodeProcess Start(string connectionString, string node, int steps, int pause)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "exec", typeof(NodeProgram).Assembly.Location, connectionString, node, $"{steps}", $"{pause}" })
            start.ArgumentList.Add(argument);
        start.Environment["LOG_NODE"] = "1";
        var child = new NodeProcess(new Process { StartInfo = start });
        child._process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null)
                child._firstLine.TrySetResult(TimeProvider.System.GetUtcNow());
        };
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public Task Ended() => _process.WaitForExitAsync();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
