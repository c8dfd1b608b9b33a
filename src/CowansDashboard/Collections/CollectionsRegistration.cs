using CowansDashboard.Collections.Automatic;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.Collections.Ordering;
using CowansDashboard.Collections.Suggestions;
using CowansDashboard.Collections.Suggestions.Asking;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Collections;

public static class CollectionsRegistration
{
    /// <summary>Registers finding and reading collections. Needs AddData and AddSearch.</summary>
    public static IServiceCollection AddCollections(this IServiceCollection services) => services
        .AddSingleton<FindCollections>()
        .AddSingleton<ReadCollection>()
        .AddSingleton<ReadMembers>()
        .AddSingleton<ReadMemberOrder>()
        .AddSingleton<DescribeMembers>()
        .AddSingleton<ForeseeMembers>()
        .AddSingleton<ListConditionMetafields>()
        .AddSingleton<CreateCollection>()
        .AddSingleton<DuplicateCollection>()
        .AddSingleton<PlanCollectionChange>()
        .AddSingleton<ChangeCollection>()
        .AddSingleton<ChangeMembers>()
        .AddSingleton<PublishCollection>()
        .AddSingleton<DeleteCollections>()
        .AddSingleton<DeleteCollectionAnyway>()
        .AddSingleton<ListHaltedRemovals>()
        .AddSingleton<RollBackCollections>()
        .AddSingleton<NameReferences>()
        .AddSingleton<ReadAutomaticCollections>()
        .AddSingleton<SaveAutomaticRule>()
        .AddSingleton<MakeAutomaticCollections>()
        .AddSingleton<ReadOrderRule>()
        .AddSingleton<FindOrderRule>()
        .AddSingleton<SaveOrderRule>()
        .AddSingleton<NoteAutomaticRun>()
        .AddSingleton<NoteOrderRun>()
        .AddSingleton<ListKeptOrders>()
        .AddSingleton<ApplyOrderRule>()
        .AddSingleton<ReadSuggestions>()
        .AddSingleton<DeclineSuggestion>()
        .AddSingleton<BringBackSuggestions>()
        .AddSingleton<AcceptSuggestion>()
        .AddSingleton<SealedModelKey>()
        .AddSingleton<ReadSuggestionModel>()
        .AddSingleton<SaveSuggestionModel>()
        .AddSingleton<ModelHttp>()
        .AddSingleton<AskModel>();
}
