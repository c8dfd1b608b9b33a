namespace CowansDashboard.Web.Components.Products;

public static class ProductPagesRegistration
{
    public static IServiceCollection AddProductPages(this IServiceCollection services) => services
        .AddSingleton<PullAgain>()
        .AddSingleton<PushStatus>()
        .AddScoped<KeptSelection>()
        .AddSingleton<SafeHtml>();
}
