using System.Diagnostics;
using CowansDashboard.Runs;
using CowansDashboard.Schedules;
using CowansDashboard.Sync.Push;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CowansDashboard.Tests.Sync;

/// <summary>A node that can pull, as a process of its own, so that a test can really kill and stop it.</summary>
internal sealed class PullNode : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource<DateTimeOffset> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PullNode(Process process) => _process = process;

    /// <summary>When it wrote its first line.</summary>
    public Task<DateTimeOffset> FirstLine => _firstLine.Task;

    /// <summary>The process's own side; see NodeProgram.</summary>
    public static async Task Serve(string connectionString, string shopify, string folder, string node)
    {
        Console.WriteLine("starting");
        await using var host = await PullHost.Start(connectionString, new Uri(shopify), folder, node, options => options.BatchRows = 60, Schedules);
        Console.WriteLine("ready");
        await Task.Delay(Timeout.Infinite);
    }

    // Schedules by the clock of the machine; nobody but the test wakes them.
    private static void Schedules(IServiceCollection services) => services.AddSingleton<IRunWork>(provider => new PerformSchedules(provider.GetRequiredService<NpgsqlDataSource>(),
        new SendSchedules(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<PreparePush>(), provider.GetRequiredService<StartPush>(),
            provider.GetRequiredService<ReadPushPlan>()), TimeProvider.System));

    public static PullNode Start(string connectionString, CowansDashboard.Tests.Support.DemoStore demo, string node)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(PullNode).Assembly.Location, "pull", connectionString, demo.BaseUrl.ToString(), demo.Folder, node])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var child = new PullNode(new Process { StartInfo = start });
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

    public async Task Kill()
    {
        Signal("KILL");
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
