using System.Text.Json;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Catalog;

/// <summary>The rows of <see cref="ReadProduct"/>, column by column in the order of its statements.</summary>
internal static class ProductRows
{
    public static T? Maybe<T>(this NpgsqlDataReader row, int column) where T : struct =>
        row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);

    public static ProductDetails Product(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        StoreId = row.GetInt64(1),
        ShopifyId = row.Maybe<long>(2),
        Title = row.GetString(3),
        Handle = row.GetString(4),
        DescriptionHtml = row.GetString(5),
        Vendor = row.GetString(6),
        ProductType = row.GetString(7),
        Tags = row.GetFieldValue<string[]>(8),
        Status = row.GetString(9),
        TemplateSuffix = row.Text(10),
        SeoTitle = row.Text(11),
        SeoDescription = row.Text(12),
        CategoryId = row.Text(13),
        CategoryName = row.Text(14),
        IsGiftCard = row.GetBoolean(15),
        RequiresSellingPlan = row.GetBoolean(16),
        HasOnlyDefaultVariant = row.GetBoolean(17),
        OnlineStoreUrl = row.Text(18),
        PublishedAt = row.Maybe<DateTimeOffset>(19),
        FeaturedMediaId = row.Maybe<long>(20),
        RemoteVariantsCount = row.Maybe<int>(21),
        RemoteMediaCount = row.Maybe<int>(22),
        RemoteCreatedAt = row.Maybe<DateTimeOffset>(23),
        RemoteUpdatedAt = row.Maybe<DateTimeOffset>(24),
        Pending = Pending(row.Text(25)),
        SyncState = row.GetInt32(26),
        Stock = row.Maybe<long>(27),
        Version = row.GetInt32(28),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(29),
        UpdatedAt = row.GetFieldValue<DateTimeOffset>(30),
        DeletedAt = row.Maybe<DateTimeOffset>(31),
        RedirectNewHandle = row.GetBoolean(32),
        Removal = Removal.Parse(row.Text(33)),
    };

    public static ProductOption Option(NpgsqlDataReader row) =>
        new(row.GetInt64(0), row.Maybe<long>(1), row.GetString(2), row.GetInt32(3), row.GetFieldValue<string[]>(4));

    public static ProductVariant Variant(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        ShopifyId = row.Maybe<long>(1),
        Title = row.GetString(2),
        OptionValues = row.GetFieldValue<string[]>(3),
        Position = row.GetInt32(4),
        Sku = row.Text(5),
        Barcode = row.Text(6),
        Price = row.GetDecimal(7),
        CompareAtPrice = row.Maybe<decimal>(8),
        UnitCost = row.Maybe<decimal>(9),
        Taxable = row.GetBoolean(10),
        InventoryPolicy = row.GetString(11),
        Tracked = row.GetBoolean(12),
        RequiresShipping = row.GetBoolean(13),
        Weight = row.Maybe<decimal>(14),
        WeightUnit = row.Text(15),
        HarmonizedSystemCode = row.Text(16),
        CountryCodeOfOrigin = row.Text(17),
        MediaIds = row.GetFieldValue<long[]>(18),
        Pending = Pending(row.Text(19)),
        UpdatedAt = row.GetFieldValue<DateTimeOffset>(20),
    };

    public static (long VariantId, StockLevel Level) Level(NpgsqlDataReader row) =>
        (row.GetInt64(0), new(row.GetInt64(1), row.Maybe<int>(2), row.Maybe<int>(3), row.Maybe<int>(4), row.Maybe<int>(5), row.Maybe<int>(6), row.Maybe<int>(7), row.Maybe<int>(8), row.Maybe<int>(9)));

    public static ProductMedia Media(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.Maybe<long>(1), row.GetInt32(2), row.GetString(3), row.Text(4), row.GetString(5), row.Text(6), row.Text(7), row.Maybe<int>(8), row.Maybe<int>(9), row.Text(10), row.Text(11)) { Pending = Pending(row.Text(12)) };

    public static Metafield Metafield(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.Maybe<long>(1), row.GetInt64(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7)) { Pending = Pending(row.Text(8)) };

    public static ProductConflict Conflict(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetString(3), Json(row.Text(4)), Json(row.Text(5)), Json(row.Text(6)), row.GetFieldValue<DateTimeOffset>(7));

    private static JsonElement? Json(string? text)
    {
        if (text is null)
            return null;
        using var json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }

    public static string? Text(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static IReadOnlyList<PendingField> Pending(string? json)
    {
        if (json is null)
            return [];
        using var fields = JsonDocument.Parse(json);
        return [.. fields.RootElement.EnumerateObject().Select(field => new PendingField(field.Name, field.Value.Clone()))];
    }
}
