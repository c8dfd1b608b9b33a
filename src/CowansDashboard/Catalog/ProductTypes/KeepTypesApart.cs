using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Catalog.ProductTypes;

/// <summary>Remembers of which spellings of product types somebody said that they differ, so that nobody is asked again.</summary>
public sealed class KeepTypesApart(NpgsqlDataSource database)
{
    /// <param name="storeId">Whose.</param>
    /// <param name="names">All of these differ from each other; null forgets every such word of the shop.</param>
    /// <param name="by">Who says so.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task Keep(long storeId, IReadOnlyList<string>? names, string by, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(names is null ? "delete from product_types_apart where store_id = $1" : """
            insert into product_types_apart (store_id, one, other, said_by)
            select $1, one, other, $4 from unnest($2, $3) u (one, other) on conflict do nothing
            """);
        command.Parameters.Add(new() { Value = storeId });
        if (names is not null)
        {
            (string One, string Other)[] pairs = [.. names.SelectMany((one, at) => names.Skip(at + 1).Select(other => Pair(one, other))).Distinct()];
            command.Parameters.Add(new() { Value = pairs.Select(pair => pair.One).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = pairs.Select(pair => pair.Other).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = by });
        }
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Two spellings in the order in which they are kept.</summary>
    internal static (string One, string Other) Pair(string one, string other) => string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);
}
