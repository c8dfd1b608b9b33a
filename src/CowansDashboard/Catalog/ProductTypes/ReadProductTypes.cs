using Npgsql;

namespace CowansDashboard.Catalog.ProductTypes;

/// <summary>Who names a product type by its spelling and would not follow when it changes.</summary>
public sealed record TypeUse(string Name, IReadOnlyList<string> Collections, IReadOnlyList<string> Views)
{
    public bool IsNone => Collections.Count == 0 && Views.Count == 0;
}

/// <summary>The product types of a shop as its products spell them.</summary>
/// <param name="Spellings">Each with its products, the commonest first; without those that have none.</param>
/// <param name="Without">Products that have no type.</param>
/// <param name="Groups">Spellings that seem to mean one type.</param>
public sealed record ProductTypeSummary(IReadOnlyList<TypeSpelling> Spellings, long Without, IReadOnlyList<TypeGroup> Groups)
{
    /// <summary>Collections whose conditions name a spelling of a group, and saved views that everybody sees.</summary>
    public IReadOnlyDictionary<string, TypeUse> Uses { get; init; } = new Dictionary<string, TypeUse>();

    /// <summary>Pairs of spellings of which somebody said that they differ.</summary>
    public long KeptApart { get; init; }

    public TypeUse UseOf(string name) => Uses.GetValueOrDefault(name) ?? new(name, [], []);
}

/// <summary>Counts the product types of a shop and finds those that seem to be one.</summary>
public sealed class ReadProductTypes(NpgsqlDataSource database)
{
    public async Task<ProductTypeSummary> Read(long storeId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var spellings = new List<TypeSpelling>();
        long without = 0;
        await using (var count = new NpgsqlCommand("""
            select product_type, count(*) from product_summaries where store_id = $1 and sync_state <> 4 group by 1 order by 2 desc, 1
            """, connection))
        {
            count.Parameters.Add(new() { Value = storeId });
            await using var reader = await count.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                if (reader.GetString(0) is { Length: > 0 } name)
                    spellings.Add(new(name, reader.GetInt64(1)));
                else
                    without = reader.GetInt64(1);
        }
        var apart = await Apart(connection, storeId, cancel);
        var groups = NearDuplicates.Find(spellings, (one, other) => apart.Contains(KeepTypesApart.Pair(one, other)));
        return new ProductTypeSummary(spellings, without, groups)
        {
            KeptApart = apart.Count, Uses = await Uses(connection, storeId, [.. groups.SelectMany(group => group.Others).Select(other => other.Name)], cancel),
        };
    }

    private static async Task<HashSet<(string, string)>> Apart(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select one, other from product_types_apart where store_id = $1", connection);
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var pairs = new HashSet<(string, string)>();
        while (await reader.ReadAsync(cancel))
            pairs.Add((reader.GetString(0), reader.GetString(1)));
        return pairs;
    }

    private static async Task<Dictionary<string, TypeUse>> Uses(NpgsqlConnection connection, long storeId, string[] names, CancellationToken cancel)
    {
        // Shopify compares types without case. A view keeps its filter as the address bar has it.
        await using var command = new NpgsqlCommand("""
            select n.name,
                array(select distinct c.title from collection_sources s join collections c on c.id = s.collection_id and c.deleted_at is null
                    cross join lateral jsonb_path_query(s.definition, '$.*.conditions[*] ? (exists (@.typeRelation)).texts[*]') t
                    where s.store_id = $1 and s.deleted_at is null and s.definition @? '$.*.conditions[*].typeRelation' and lower(t #>> '{}') = lower(n.name) order by 1),
                array(select v.name from saved_views v where v.store_id = $1 and v.shared and exists (select from unnest(string_to_array(v.filter, '&')) p where p = any(n.parameters)) order by 1)
            from unnest($2::text[], $3::text[], $4::text[]) u (name, any_of, none_of), lateral (select u.name, array[u.any_of, u.none_of] as parameters) n
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = names });
        command.Parameters.Add(new() { Value = names.Select(name => $"type={Uri.EscapeDataString(name)}").ToArray() });
        command.Parameters.Add(new() { Value = names.Select(name => $"type.none={Uri.EscapeDataString(name)}").ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var uses = new Dictionary<string, TypeUse>();
        while (await reader.ReadAsync(cancel))
            if (new TypeUse(reader.GetString(0), reader.GetFieldValue<string[]>(1), reader.GetFieldValue<string[]>(2)) is { IsNone: false } use)
                uses[use.Name] = use;
        return uses;
    }
}
