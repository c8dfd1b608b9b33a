using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Catalog.Categories;

internal static class CategoriesRegistration
{
    public static IServiceCollection AddCategories(this IServiceCollection services) => services
        .AddSingleton<CreateCategory>()
        .AddSingleton<ChangeCategory>()
        .AddSingleton<MoveCategory>()
        .AddSingleton<DeleteCategory>()
        .AddSingleton<RestoreCategory>()
        .AddSingleton<UndoCategories>()
        .AddSingleton<ReadContents>()
        .AddSingleton<ReadProductCategory>()
        .AddSingleton<ReadCategories>()
        .AddSingleton<ReadCategoryHistory>()
        .AddSingleton<ReadCategoryTree>()
        .AddSingleton<ImportTaxonomy>()
        .AddSingleton<ListCategories>()
        .AddSingleton<FindOwnCategories>()
        .AddSingleton<ReadCategoryProducts>()
        .AddSingleton<GiveMappedCategory>()
        .AddSingleton<PurgeCategories>()
        .AddSingleton<AssignProducts>();
}
