using CowansDashboard.Conflicts.Rules;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Conflicts;

public static class ConflictsRegistration
{
    /// <summary>Registers the queue of conflicts, its statistics and the rules that decide without asking.</summary>
    public static IServiceCollection AddConflicts(this IServiceCollection services) => services
        .AddSingleton<FindConflicts>()
        .AddSingleton<CountConflicts>()
        .AddSingleton<CountOpenConflicts>()
        .AddSingleton<ReadConflict>()
        .AddSingleton<ConflictStatistics>()
        .AddSingleton<PreviewResolution>()
        .AddSingleton<ResolveConflicts>()
        .AddSingleton<ReopenConflicts>()
        .AddSingleton<RestoreOverwritten>()
        .AddSingleton<UndoDecisions>()
        .AddSingleton<ReadRules>()
        .AddSingleton<SaveRules>()
        .AddSingleton<SimulateRules>();
}
