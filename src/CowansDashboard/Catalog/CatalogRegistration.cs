using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Catalog.Categories;
using CowansDashboard.Catalog.ProductTypes;
using CowansDashboard.Catalog.Sheets;
using CowansDashboard.Catalog.Skus;
using CowansDashboard.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CowansDashboard.Catalog;

public static class CatalogRegistration
{
    /// <summary>Registers reading products and editing many at once. Needs AddData, AddRuns and AddSearch.</summary>
    public static IServiceCollection AddCatalog(this IServiceCollection services)
    {
        services.AddOptions<CatalogOptions>().BindConfiguration("Catalog").ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton(provider => provider.GetRequiredService<IOptions<CatalogOptions>>().Value).AddProducts();
    }

    private static IServiceCollection AddProducts(this IServiceCollection services) => services
        .AddSingleton<ReadProduct>()
        .AddSingleton<FindCategories>()
        .AddCategories()
        .AddSingleton<FindFiles>()
        .AddSingleton<CreateProduct>()
        .AddSingleton<DuplicateProduct>()
        .AddSingleton<ChangeStructure>()
        .AddSingleton<PreviewStructure>()
        .AddSingleton<DeleteProducts>()
        .AddSingleton<RollBackProducts>()
        .AddSingleton<ReadRemovals>()
        .AddSingleton<ReadWhatGoes>()
        .AddSingleton<PreviewBulkEdit>()
        .AddSingleton<ReadBulkPreview>()
        .AddSingleton<ReadChangedProducts>()
        .AddSingleton<CountBatches>()
        .AddSingleton<ExcludeBulkRows>()
        .AddSingleton<StartBulkEdit>()
        .AddSingleton<ListLocations>()
        .AddSingleton<ListMetafieldKinds>()
        .AddSingleton<ReadGuardLimits>()
        .AddSingleton<SaveGuardLimits>()
        .AddSingleton<AskForApproval>()
        .AddSingleton<ApproveBulkEdit>()
        .AddSingleton<ListAwaitedApprovals>()
        .AddHostedService<SweepBulkPreviews>()
        .AddSingleton<ReadProductTypes>()
        .AddSingleton<KeepTypesApart>()
        .AddSingleton<ReadSharedSkus>()
        .AddSingleton<PrepareNewSkus>()
        .AddSingleton<OpenSheet>()
        .AddSingleton<ReadSheet>()
        .AddSingleton<KeepSheet>()
        .AddSingleton<ListSheetColumns>()
        .AddSingleton<ReadSheetRows>()
        .AddSingleton<NameCategories>()
        .AddSingleton<SaveSheet>()
        .AddSingleton<FindWithoutReduction>()
        .AddSingleton<PrepareSheet>()
        .AddSingleton<IRunWork, ApplyBulkEdit>();
}
