using System.Globalization;
using System.Text.Json;
using CowansDashboard.Shopify;

namespace CowansDashboard.Webhooks.Handling;

/// <summary>What must be done about a delivery.</summary>
public enum DeliveryAction
{
    /// <summary>Nobody here keeps what it is about.</summary>
    Ignore,

    /// <summary>A signal that nothing in the copy depends on.</summary>
    Note,

    /// <summary>Whoever waits for a bulk operation looks at it now.</summary>
    BulkEnded,

    /// <summary>The product is read again, whatever the event says of it.</summary>
    Product,

    /// <summary>The product of an inventory item is read again.</summary>
    ProductOfItem,

    /// <summary>The collection is read again, with its members.</summary>
    Collection,

    /// <summary>Stock at one location, taken as it stands where it is newer than what the copy knows.</summary>
    Level,

    /// <summary>All stock of an item is read again.</summary>
    Item,

    /// <summary>All locations are read again.</summary>
    Locations,

    /// <summary>The app may have been taken out of the shop.</summary>
    Uninstalled,

    /// <summary>The app may do more or less than before.</summary>
    Scopes,

    /// <summary>Personal data is to be erased.</summary>
    Redact,

    /// <summary>It says nothing that could be handled, now or later.</summary>
    Unreadable,
}

/// <summary>Stock as an event tells it.</summary>
public sealed record HeardLevel(long Item, long Location, int? Available, DateTimeOffset? UpdatedAt);

/// <summary>
/// What a delivery is about. Pure. Only the body is signed; of it no more is taken than ids and stock, and ids exactly: they
/// exceed what a double holds. An event with broken text in it is as good a signal as any.
/// </summary>
public sealed record DeliveryMeaning(DeliveryAction Action, string? Entity = null, long? EntityId = null)
{
    public HeardLevel? Level { get; init; }

    /// <summary>The shop that the signed body names; null where it names none.</summary>
    public string? Shop { get; init; }

    /// <summary>Orders whose personal data is to be erased.</summary>
    public IReadOnlyList<long> Orders { get; init; } = [];

    public static DeliveryMeaning Of(string topic, ReadOnlySpan<byte> body)
    {
        var said = BodyReading.Of(body);
        return topic.ToLowerInvariant() switch
        {
            "products/create" or "products/update" or "products/delete" => Named(DeliveryAction.Product, "product", said.Id("Product")),
            "collections/create" or "collections/update" or "collections/delete" => Named(DeliveryAction.Collection, "collection", said.Id("Collection")),
            "inventory_items/create" or "inventory_items/update" or "inventory_items/delete" => Named(DeliveryAction.ProductOfItem, "inventory_item", said.Id("InventoryItem")),
            "inventory_levels/update" => OfLevel(DeliveryAction.Level, said),
            "inventory_levels/connect" or "inventory_levels/disconnect" => OfLevel(DeliveryAction.Item, said),
            "locations/create" or "locations/update" or "locations/delete" or "locations/activate" or "locations/deactivate" =>
                new(DeliveryAction.Locations, "location", said.Id("Location")),
            "orders/create" or "orders/updated" or "orders/paid" or "orders/cancelled" => new(DeliveryAction.Note, "order", said.Id("Order")),
            "bulk_operations/finish" => new(DeliveryAction.BulkEnded, "bulk_operation", said.Id("BulkOperation")),
            "app/uninstalled" => new(DeliveryAction.Uninstalled, "shop", said.Id("Shop")) { Shop = said.Shop },
            "app/scopes_update" => new(DeliveryAction.Scopes, "shop"),
            "customers/data_request" => new(DeliveryAction.Note, "shop", said.ShopId),
            "customers/redact" => new(DeliveryAction.Redact, "shop", said.ShopId) { Shop = said.Shop, Orders = said.OrdersToRedact },
            "shop/redact" => new(DeliveryAction.Redact, "shop", said.ShopId) { Shop = said.Shop },
            _ => new(DeliveryAction.Ignore),
        };
    }

    /// <summary>What the product or collection is called; for people who look at what waits.</summary>
    public static string? TitleIn(ReadOnlySpan<byte> body) => BodyReading.Of(body).Title;

    private static DeliveryMeaning Named(DeliveryAction action, string entity, long? id) =>
        id is null ? new(DeliveryAction.Unreadable, entity) : new(action, entity, id);

    private static DeliveryMeaning OfLevel(DeliveryAction action, BodyReading said) => said.InventoryItem is not { } item
        ? new(DeliveryAction.Unreadable, "inventory_item")
        : new(said.Location is null ? DeliveryAction.Item : action, "inventory_item", item)
        {
            Level = said.Location is { } location ? new(item, location, said.Available, said.UpdatedAt) : null,
        };

    /// <summary>The few members of a body that are looked at, of its outermost object.</summary>
    private ref struct BodyReading
    {
        private long? _id;
        private ShopifyId _gid;

        public long? InventoryItem { get; private set; }
        public long? Location { get; private set; }
        public int? Available { get; private set; }
        public DateTimeOffset? UpdatedAt { get; private set; }
        public string? Shop { get; private set; }
        public long? ShopId { get; private set; }
        public string? Title { get; private set; }
        public List<long> OrdersToRedact { get; private set; }

        /// <summary>The exact id where the body spells it out: programs in between have been seen to round the number beside it.</summary>
        public readonly long? Id(string kind) => _gid.Kind == kind ? _gid.Number : _id;

        public static BodyReading Of(ReadOnlySpan<byte> body)
        {
            var said = new BodyReading { OrdersToRedact = [] };
            try
            {
                var reader = new Utf8JsonReader(body);
                if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                    return said;
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                    said.Take(ref reader);
            }
            catch (JsonException)
            {
                // What was read until here is signed too.
            }
            // The level's own id names its item exactly.
            if (said._gid is { Kind: "InventoryLevel", InventoryItem: { } exact })
                said.InventoryItem = exact;
            return said;
        }

        private void Take(ref Utf8JsonReader reader)
        {
            var name = reader.HasValueSequence || reader.ValueIsEscaped ? "" : Name(reader.ValueSpan);
            reader.Read();
            switch (name)
            {
                case "id": _id = Number(ref reader); break;
                case "admin_graphql_api_id" when reader.TokenType == JsonTokenType.String && ShopifyId.TryParse(reader.ValueSpan, out var gid): _gid = gid; break;
                case "title": Title = Words(ref reader); break;
                case "inventory_item_id": InventoryItem = Number(ref reader); break;
                case "location_id": Location = Number(ref reader); break;
                case "available": Available = Number(ref reader) is { } stock and >= int.MinValue and <= int.MaxValue ? (int)stock : null; break;
                case "updated_at" when Text(ref reader) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at): UpdatedAt = at; break;
                case "shop_domain" or "myshopify_domain" when Text(ref reader) is { } shop: Shop = shop; break;
                case "shop_id": ShopId = Number(ref reader); break;
                case "orders_to_redact" when reader.TokenType == JsonTokenType.StartArray:
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                        if (Number(ref reader) is { } order)
                            OrdersToRedact.Add(order);
                        else
                            reader.Skip();
                    break;
            }
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                reader.Skip();
        }

        private static string Name(ReadOnlySpan<byte> utf8)
        {
            foreach (var known in (ReadOnlySpan<string>)["id", "title", "admin_graphql_api_id", "inventory_item_id", "location_id", "available", "updated_at", "shop_domain", "myshopify_domain", "shop_id", "orders_to_redact"])
                if (System.Text.Ascii.Equals(utf8, known))
                    return known;
            return "";
        }

        private static long? Number(ref Utf8JsonReader reader) =>
            reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) ? number
            : reader.TokenType == JsonTokenType.String && System.Buffers.Text.Utf8Parser.TryParse(reader.ValueSpan, out long spelled, out var read) && read == reader.ValueSpan.Length ? spelled
            : null;

        // A lone surrogate is no text.
        private static string? Words(ref Utf8JsonReader reader)
        {
            try
            {
                return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }

        private static string? Text(ref Utf8JsonReader reader) =>
            reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length < 200 ? System.Text.Encoding.UTF8.GetString(reader.ValueSpan) : null;
    }
}
