using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Catalog;

public static class CatalogRegistration
{
    public static IServiceCollection AddCatalog(this IServiceCollection services) => services
        .AddSingleton<ReadProduct>()
        .AddSingleton<FindCategories>()
        .AddSingleton<FindFiles>()
        .AddSingleton<CreateProduct>()
        .AddSingleton<DuplicateProduct>()
        .AddSingleton<ChangeStructure>();
}
