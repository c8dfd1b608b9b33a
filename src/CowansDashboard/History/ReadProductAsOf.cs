using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>What a product was at a moment.</summary>
public sealed record ProductAsOf(long Id, DateTimeOffset At, DateTimeOffset KnownSince, JsonObject Then, IReadOnlyList<AsOfDifference> Differences)
    : AsOf(Id, At, KnownSince, Then, Differences);

/// <summary>Reads a product as it was: its rows as they are, with every change since taken back.</summary>
public sealed class ReadProductAsOf(NpgsqlDataSource database)
{
    /// <returns>Null when the store has no such product.</returns>
    public async Task<ProductAsOf?> Read(long storeId, long productId, DateTimeOffset at, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var product = new NpgsqlCommand("select created_at, to_jsonb(p)::text from products p where store_id = $1 and id = $2", connection);
        product.Parameters.Add(new() { Value = storeId });
        product.Parameters.Add(new() { Value = productId });
        DateTimeOffset since;
        JsonObject now;
        await using (var reader = await product.ExecuteReaderAsync(cancel))
        {
            if (!await reader.ReadAsync(cancel))
                return null;
            (since, now) = (reader.GetFieldValue<DateTimeOffset>(0), (JsonObject)JsonNode.Parse(reader.GetString(1))!);
        }

        var then = new JsonObject(CatalogueFields.All.Where(field => field.Entity == CatalogueFields.Product).Select(field => KeyValuePair.Create(field.Name, now[field.Name]?.DeepClone())));
        var differences = await AsOf.Since(connection, storeId, "product_id", productId, at, cancel);
        foreach (var difference in differences.Where(one => one.Entity == CatalogueFields.Product && then.ContainsKey(one.Field)))
            then[difference.Field] = difference.Then?.DeepClone();
        return new ProductAsOf(productId, at, since, then, differences);
    }
}
