using CowansDashboard.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Exports;

public static class ExportsRegistration
{
    /// <summary>Registers files of products. Needs AddData, AddRuns, AddSearch and AddCatalog.</summary>
    public static IServiceCollection AddExports(this IServiceCollection services) => services
        .AddSingleton<ListExportColumns>()
        .AddSingleton<ReadExportedProducts>()
        .AddSingleton<ReadExports>()
        .AddSingleton<StartExport>()
        .AddSingleton<GiveOutExport>()
        .AddSingleton<DeleteExport>()
        .AddSingleton<IRunWork, WriteExport>()
        .AddHostedService<SweepExports>();
}
