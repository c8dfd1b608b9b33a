using CowansDashboard.Webhooks.Handling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CowansDashboard.Webhooks;

public static class WebhooksRegistration
{
    /// <summary>Registers the inbox of what Shopify posts and its handling; settings in the section "Webhooks". Needs AddData, AddStores, AddRuns and AddSync.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<WebhookOptions, ValidateWebhookOptions>().BindConfiguration("Webhooks");
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<WebhookOptions>>().Value);
        services.AddSingleton<WebhookFeed>();
        services.AddSingleton<WebhookSecrets>();
        services.AddSingleton<ReceiveDelivery>();
        services.AddSingleton<ReadDeliveries>();
        services.AddSingleton<CountDeliveries>();
        services.AddSingleton<ReplayDeliveries>();
        services.AddSingleton<ReadReplays>();
        services.AddSingleton<SweepDeliveries>();
        services.AddSingleton<SweepSecrets>();
        services.AddSingleton<DeliveryQueue>();
        services.AddSingleton<RereadNotes>();
        services.AddSingleton<ApplyAppEvents>();
        services.AddSingleton<Redact>();
        services.AddSingleton<HandleStore>();
        services.AddHostedService<WriteDeliveries>();
        services.AddHostedService<ListenForWebhooks>();
        services.AddHostedService<HandleDeliveries>();
        return services;
    }
}
