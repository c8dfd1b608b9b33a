using System.Globalization;
using Npgsql;

namespace CowansDashboard.Conflicts;

/// <summary>One value that the queue can be narrowed to, with how many conflicts it would hold then.</summary>
public sealed record ConflictFacet(string Value, string Name, long Count);

/// <summary>How many conflicts match, in how many products, and what they could be narrowed to.</summary>
public sealed record ConflictCounts(
    long Fields, long Products, IReadOnlyList<ConflictFacet> ByField, IReadOnlyList<ConflictFacet> ByEntity,
    IReadOnlyList<ConflictFacet> ByVendor, IReadOnlyList<ConflictFacet> ByCollection, IReadOnlyList<ConflictFacet> ByRun);

/// <summary>Counts conflicts: all that match, and per value of each filter what would match with that value in place of the present one.</summary>
public sealed class CountConflicts(NpgsqlDataSource database)
{
    private const int MostValues = 20;

    public async Task<ConflictCounts> Count(long storeId, ConflictFilter filter, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        Add("count(*), count(distinct c.product_id)", "", "", filter);
        Add("c.field, c.field, count(*)", "", "group by c.field", filter with { Field = null });
        Add("c.entity, c.entity, count(*)", "", "group by c.entity", filter with { Entity = null });
        Add("p.vendor, p.vendor, count(*)", "", "and p.id is not null group by p.vendor", filter with { Vendor = null });
        Add("l.id::text, l.title, count(*)", "join collection_members e on e.product_id = c.product_id and e.mark <> 2 join collections l on l.id = e.collection_id and l.deleted_at is null",
            "group by l.id, l.title", filter with { Collection = null });
        Add("c.run_id::text, c.run_id::text, count(*)", "", "and c.run_id is not null group by c.run_id", filter with { Run = null });

        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var (fields, products) = (reader.GetInt64(0), reader.GetInt64(1));
        return new(fields, products, await Next(), await Next(), await Next(), await Next(), await Next());

        void Add(string columns, string joins, string rest, ConflictFilter narrowed)
        {
            var order = rest.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"order by 3 desc, 2 limit {MostValues}");
            var command = new NpgsqlBatchCommand($"select {columns} from {ConflictSql.From} {joins} where {ConflictSql.Where(narrowed)} {rest} {order}");
            ConflictSql.Add(command.Parameters, storeId, narrowed);
            batch.BatchCommands.Add(command);
        }

        async Task<IReadOnlyList<ConflictFacet>> Next()
        {
            await reader.NextResultAsync(cancel);
            var values = new List<ConflictFacet>();
            while (await reader.ReadAsync(cancel))
                values.Add(new(reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
            return values;
        }
    }
}
