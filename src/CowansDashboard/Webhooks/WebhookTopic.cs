namespace CowansDashboard.Webhooks;

/// <summary>
/// A topic by both of its names: <c>products/update</c> in the header of a delivery, <c>PRODUCTS_UPDATE</c> in the Admin API.
/// </summary>
/// <param name="Name">As in the header X-Shopify-Topic.</param>
/// <param name="InApi">As in WebhookSubscriptionTopic; null where only the app's own configuration can subscribe.</param>
public sealed record WebhookTopic(string Name, string? InApi)
{
    /// <summary>The topics that the dashboard hears, those about products first.</summary>
    public static IReadOnlyList<WebhookTopic> All { get; } =
    [
        new("products/create", "PRODUCTS_CREATE"),
        new("products/update", "PRODUCTS_UPDATE"),
        new("products/delete", "PRODUCTS_DELETE"),
        new("collections/create", "COLLECTIONS_CREATE"),
        new("collections/update", "COLLECTIONS_UPDATE"),
        new("collections/delete", "COLLECTIONS_DELETE"),
        new("inventory_levels/connect", "INVENTORY_LEVELS_CONNECT"),
        new("inventory_levels/update", "INVENTORY_LEVELS_UPDATE"),
        new("inventory_levels/disconnect", "INVENTORY_LEVELS_DISCONNECT"),
        new("inventory_items/create", "INVENTORY_ITEMS_CREATE"),
        new("inventory_items/update", "INVENTORY_ITEMS_UPDATE"),
        new("inventory_items/delete", "INVENTORY_ITEMS_DELETE"),
        new("locations/create", "LOCATIONS_CREATE"),
        new("locations/update", "LOCATIONS_UPDATE"),
        new("locations/delete", "LOCATIONS_DELETE"),
        new("locations/activate", "LOCATIONS_ACTIVATE"),
        new("locations/deactivate", "LOCATIONS_DEACTIVATE"),
        new("orders/create", "ORDERS_CREATE"),
        new("orders/updated", "ORDERS_UPDATED"),
        new("orders/paid", "ORDERS_PAID"),
        new("orders/cancelled", "ORDERS_CANCELLED"),
        new("bulk_operations/finish", "BULK_OPERATIONS_FINISH"),
        new("app/uninstalled", "APP_UNINSTALLED"),
        new("app/scopes_update", "APP_SCOPES_UPDATE"),
        new("customers/data_request", null),
        new("customers/redact", null),
        new("shop/redact", null),
    ];

    /// <summary>Privacy laws demand that it is heard, also of a shop that was removed here.</summary>
    public bool IsCompliance => Name is "customers/data_request" or "customers/redact" or "shop/redact";

    /// <summary>The topic of a header; null for one that the dashboard does not know.</summary>
    public static WebhookTopic? Of(string name) => All.FirstOrDefault(topic => string.Equals(topic.Name, name, StringComparison.OrdinalIgnoreCase));
}
