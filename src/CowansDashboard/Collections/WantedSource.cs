using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Collections;

/// <summary>What a source shall hold, as somebody asks for it.</summary>
public abstract record WantedSource
{
    private WantedSource() { }

    /// <summary>As the copy shows a source: conditions and everything.</summary>
    public sealed record Defined(JsonObject Definition) : WantedSource;

    /// <summary>Products chosen by hand, by our ids.</summary>
    public sealed record Picked(IReadOnlyList<long> Products) : WantedSource;

    /// <summary>Everything that other collections hold, by our ids.</summary>
    public sealed record OfCollections(IReadOnlyList<long> Collections) : WantedSource;

    /// <summary>Its kind and definition as Shopify would return them, or why there can be none.</summary>
    internal async Task<(string Type, JsonObject Definition, string? Problem)> Written(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        switch (this)
        {
            case Picked { Products: var products }:
                var picked = await ShopifyIds(connection, "products", storeId, products, cancel);
                return ("CollectionConditionsSource", SourceWriting.Write(
                    new CollectionSource.ByConditions(false, new(false, [], [.. products.Distinct().Where(picked.ContainsKey).Select(id => new Selection(picked[id], []))]), Exclusion.Nothing), null, ""), Missing("product", products, picked));
            case OfCollections { Collections: var collections }:
                var others = await ShopifyIds(connection, "collections", storeId, collections, cancel);
                return (SourceChecks.OfCollections, SourceWriting.Write(new CollectionSource.OfCollections([.. collections.Distinct().Where(others.ContainsKey).Select(id => others[id])]), null, ""),
                    Missing("collection", collections, others));
            default:
                var definition = ((Defined)this).Definition;
                var type = definition.ContainsKey("collections") ? SourceChecks.OfCollections : SourceChecks.ByConditions;
                // Without its name a push could not write it.
                if (definition["__typename"] is null)
                    definition["__typename"] = type;
                return (type, definition, null);
        }
    }

    private static string? Missing(string what, IReadOnlyList<long> asked, Dictionary<long, long> found) => asked.FirstOrDefault(id => !found.ContainsKey(id)) is not 0 and var id
        ? string.Create(CultureInfo.InvariantCulture, $"The {what} {id} is not here, or not in Shopify yet; a source names what Shopify has.") : null;

    private static async Task<Dictionary<long, long>> ShopifyIds(NpgsqlConnection connection, string table, long storeId, IReadOnlyList<long> ids, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select id, shopify_id from {table} where store_id = $1 and id = any($2) and shopify_id is not null and deleted_at is null and removal is null", connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = ids.ToArray() });
        var found = new Dictionary<long, long>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            found[reader.GetInt64(0)] = reader.GetInt64(1);
        return found;
    }
}
