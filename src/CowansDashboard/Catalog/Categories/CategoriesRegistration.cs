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
        .AddSingleton<ReadCategories>()
        .AddSingleton<ReadCategoryTree>()
        .AddSingleton<ListCategories>()
        .AddSingleton<FindOwnCategories>()
        .AddSingleton<ReadCategoryProducts>()
        .AddSingleton<AssignProducts>();
}
