using System.Text.Json;
using Npgsql;

namespace CowansDashboard.Collections.Conditions;

/// <summary>Lists the metafields that conditions of a shop's collections ask already: Shopify's ids of their definitions are known from there.</summary>
public sealed class ListConditionMetafields(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<(MetafieldKind Kind, ConditionDefinition Definition)>> List(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select s.source_type, s.definition::text from collection_sources s
            where s.store_id = $1 and s.deleted_at is null and jsonb_path_exists(s.definition, '$.inclusion.conditions[*].definition.id')
            """);
        command.Parameters.Add(new() { Value = storeId });
        var found = new Dictionary<string, (MetafieldKind, ConditionDefinition)>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            if (SourceReading.Read(reader.GetString(0), JsonSerializer.Deserialize<JsonElement>(reader.GetString(1))) is CollectionSource.ByConditions source)
                foreach (var one in source.Included.Conditions.OfType<Condition.Metafield>())
                    found.TryAdd(one.Definition.Gid, (one.Kind, one.Definition));
        return [.. found.Values.OrderBy(one => one.Item2.Namespace, StringComparer.Ordinal).ThenBy(one => one.Item2.Key, StringComparer.Ordinal)];
    }
}
