using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CowansDashboard.Webhooks.Subscriptions;

public static class SubscriptionsRegistration
{
    /// <summary>Registers what asks Shopify to post its events here; settings in the section "Webhooks". Needs AddData, AddStores, AddRuns and AddSync.</summary>
    public static IServiceCollection AddSubscriptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<CallbackAddressOptions, ValidateCallbackAddressOptions>()
            .Bind(configuration.GetSection(CallbackAddressOptions.Section));
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<CallbackAddressOptions>>().Value);
        services.AddSingleton<ReadCallbackAddress>();
        services.AddSingleton<ChangeCallbackAddress>();
        services.AddSingleton<RepairGaps>();
        services.AddSingleton<CheckSubscriptions>();
        services.AddSingleton<ReadSubscriptions>();
        services.AddSingleton<MarkGapsSeen>();
        services.AddSingleton<ReadWebhookTroubles>();
        services.AddSingleton<SendTestDelivery>();
        services.AddSingleton<CountOutcomes>();
        services.AddSingleton<ReplayFiltered>();
        services.AddSingleton<ReadDeliveryChanges>();
        services.AddSingleton<NameEntities>();
        services.AddSingleton<WatchSubscriptions>();
        services.AddHostedService(provider => provider.GetRequiredService<WatchSubscriptions>());
        return services;
    }
}
