using CowansDashboard.Benchmarks;

switch (args.FirstOrDefault())
{
    case "pull":
        await PullBenchmark.Run(args[1..]);
        break;
    case "incremental":
        await IncrementalBenchmark.Run(args[1..]);
        break;
    case "push":
        await PushBenchmark.Run(args[1..]);
        break;
    case "grid":
        await GridBenchmark.Run(args[1..]);
        break;
    case "progress":
        Environment.ExitCode = await ProgressBenchmark.Run(args[1..]);
        break;
    case "webhooks":
        Environment.ExitCode = await WebhookBenchmark.Run(args[1..]);
        break;
    case "categories":
        await CategoriesBenchmark.Run(args[1..]);
        break;
    case "what-if":
        await WhatIfBenchmark.Run(args[1..]);
        break;
    default:
        Console.WriteLine("Benchmarks: pull, incremental, push, grid, progress, webhooks, categories, what-if");
        break;
}
