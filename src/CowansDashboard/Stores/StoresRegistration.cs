using CowansDashboard.Shopify.Bulk;
using CowansDashboard.Shopify.Throttling;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CowansDashboard.Stores;

public static class StoresRegistration
{
    /// <summary>Registers the shops, their connections and the settings that name one.</summary>
    public static IServiceCollection AddStores(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<ShopifyOptions, ValidateShopifyOptions>()
            .Bind(configuration.GetSection(ShopifyOptions.Section));
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<ShopifyOptions>>().Value);
        services.TryAddSingleton<LeaseBudget>(provider => storeId => ActivatorUtilities.CreateInstance<LeasedBudget>(provider, storeId));
        services.AddSingleton<ShopifyHttp>();
        services.AddSingleton<SealedCredentials>();
        services.TryAddSingleton<BulkBell>();
        services.AddSingleton<ConnectStore>();
        services.AddSingleton<ConnectConfiguredStore>();
        services.AddSingleton<TestConnection>();
        services.AddSingleton<BudgetHistory>();
        services.AddHostedService(provider => provider.GetRequiredService<BudgetHistory>());
        services.AddSingleton<ReadStoreAge>();
        services.AddHostedService<AskConfiguredShop>();
        services.AddSingleton<ListStores>();
        services.AddSingleton<AddStore>();
        services.AddSingleton<ChangeStore>();
        services.AddSingleton<RemoveStore>();
        services.AddSingleton<LoseConnection>();
        return services;
    }
}
