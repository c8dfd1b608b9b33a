using CowansDashboard.Search.Views;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Search;

public static class SearchRegistration
{
    /// <summary>Registers finding, counting and filtering products, and saved views.</summary>
    public static IServiceCollection AddSearch(this IServiceCollection services) => services
        .AddSingleton<CorrectWord>()
        .AddSingleton<UnderstandSearch>()
        .AddSingleton<ReadStoreTime>()
        .AddSingleton<CountProducts>()
        .AddSingleton<FindProducts>()
        .AddSingleton<ListFacet>()
        .AddSingleton<NameFilterValues>()
        .AddSingleton<RelaxFilter>()
        .AddSingleton<ReadSelection>()
        .AddSingleton<ReadSelectedProducts>()
        .AddSingleton<ReadSelectedInOrder>()
        .AddSingleton<NotMatching>()
        .AddSingleton<ListViews>()
        .AddSingleton<SaveView>()
        .AddSingleton<DeleteView>();
}
