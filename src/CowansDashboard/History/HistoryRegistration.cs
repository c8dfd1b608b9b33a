using CowansDashboard.History.Layers;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.History;

public static class HistoryRegistration
{
    /// <summary>Registers saving, reading and undoing changes, and drafts. Needs AddData.</summary>
    public static IServiceCollection AddHistory(this IServiceCollection services) => services
        .AddSingleton<SaveChangeSet>()
        .AddSingleton<FindTakenSkus>()
        .AddSingleton<ReadTimeline>()
        .AddSingleton<ReadChangeSet>()
        .AddSingleton<PreviewUndo>()
        .AddSingleton<UndoChanges>()
        .AddSingleton<ReadProductAsOf>()
        .AddSingleton<RestoreFields>()
        .AddSingleton<ReadCollectionAsOf>()
        .AddSingleton<RestoreCollectionFields>()
        .AddSingleton<ExplainValue>()
        .AddSingleton<ReadLayers>()
        .AddSingleton<SaveDraft>()
        .AddSingleton<MergeDraft>()
        .AddSingleton<ReadDraft>()
        .AddSingleton<DiscardDraft>()
        .AddSingleton<DiscardOldDrafts>()
        .AddSingleton<ListDrafts>();
}
