using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace CowansDashboard.Shopify;

/// <summary>
/// Shopify's global id, such as <c>gid://shopify/Product/123</c>: its kind and its 64-bit number, exact in both directions.
/// An inventory level's id also names its item (<c>gid://shopify/InventoryLevel/1?inventory_item_id=2</c>).
/// Taxonomy categories have text ids (<c>aa-1-13-8</c>) and stay strings.
/// </summary>
[JsonConverter(typeof(ShopifyIdConverter))]
public readonly record struct ShopifyId(string Kind, long Number, long? InventoryItem = null)
{
    private const string Prefix = "gid://shopify/";
    private const string ItemSuffix = "inventory_item_id=";

    // Parsing a million lines must not make a million copies of the word "Product".
    private static readonly string[] KnownKinds =
    [
        "Product", "ProductVariant", "Metafield", "MediaImage", "InventoryItem", "InventoryLevel", "Collection", "Location",
        "Publication", "ProductOption", "ProductOptionValue", "Video", "ExternalVideo", "Model3d", "BulkOperation", "Shop",
        "ImageSource", "CollectionImage", "ProductImage", "MetafieldDefinition", "Metaobject", "AppInstallation", "AppCatalog",
        "MarketCatalog", "CompanyLocationCatalog", "CollectionConditionsSource", "CollectionSubCollectionsSource",
    ];

    /// <summary>A product's id.</summary>
    public static ShopifyId Product(long number) => new("Product", number);

    /// <summary>A variant's id.</summary>
    public static ShopifyId Variant(long number) => new("ProductVariant", number);

    /// <summary>A collection's id.</summary>
    public static ShopifyId Collection(long number) => new("Collection", number);

    /// <summary>An inventory item's id.</summary>
    public static ShopifyId Item(long number) => new("InventoryItem", number);

    /// <summary>True for the default value, which names nothing.</summary>
    public bool IsNone => Kind is null;

    /// <summary>Reads an id; the text must be one exactly.</summary>
    /// <exception cref="FormatException">The text is no Shopify id with a number.</exception>
    public static ShopifyId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no Shopify id such as gid://shopify/Product/123.");

    /// <summary>Reads an id; false when the text is none.</summary>
    public static bool TryParse(string? text, out ShopifyId id)
    {
        id = default;
        if (text is null || text.Length > 256)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return TryParse(bytes[..Encoding.UTF8.GetBytes(text, bytes)], out id);
    }

    /// <summary>Reads an id from UTF-8 without making a string; false when the bytes are none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out ShopifyId id)
    {
        id = default;
        if (!utf8.StartsWith("gid://shopify/"u8))
        {
            return false;
        }

        var rest = utf8[Prefix.Length..];
        var slash = rest.IndexOf((byte)'/');
        if (slash <= 0)
        {
            return false;
        }

        var kind = KindOf(rest[..slash]);
        rest = rest[(slash + 1)..];
        if (!ReadNumber(ref rest, out var number))
        {
            return false;
        }

        if (rest.IsEmpty)
        {
            id = new ShopifyId(kind, number);
            return true;
        }

        if (!rest.StartsWith("?inventory_item_id="u8))
        {
            return false;
        }

        rest = rest[(ItemSuffix.Length + 1)..];
        if (!ReadNumber(ref rest, out var item) || !rest.IsEmpty)
        {
            return false;
        }

        id = new ShopifyId(kind, number, item);
        return true;
    }

    /// <summary>The id as Shopify writes it.</summary>
    public override string ToString() => (Kind, InventoryItem) switch
    {
        (null, _) => "",
        (_, { } item) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Kind}/{Number}?{ItemSuffix}{item}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Kind}/{Number}"),
    };

    // Only the canonical spelling is taken: a parsed id must print as it came.
    private static bool ReadNumber(ref ReadOnlySpan<byte> rest, out long number)
    {
        if (rest.IsEmpty || rest[0] is < (byte)'0' or > (byte)'9'
            || !Utf8Parser.TryParse(rest, out number, out var read)
            || (rest[0] == (byte)'0' && read > 1))
        {
            number = 0;
            return false;
        }

        rest = rest[read..];
        return true;
    }

    private static string KindOf(ReadOnlySpan<byte> utf8)
    {
        foreach (var known in KnownKinds)
        {
            if (known.Length == utf8.Length && Ascii.Equals(utf8, known))
            {
                return known;
            }
        }

        return Encoding.UTF8.GetString(utf8);
    }
}
