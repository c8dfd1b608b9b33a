using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Edited rows of a batch of which Shopify holds every field as the copy does: nothing of them waits any more, and nothing that was
/// sent of them is awaited. The same as the merge field by field decides, for many rows in one statement. Rows in conflict, and rows
/// of which something else than the copy holds is on its way, are left to that merge.
/// </summary>
internal static class AgreedRows
{
    public static async Task<MergeCounts> Merge(NpgsqlConnection connection, CatalogueTable table, string stage, string match, CancellationToken cancel)
    {
        // Stock that was added to follows Shopify's quantity, also where that is what the copy holds by chance.
        if (table != CatalogueTable.Products && table != CatalogueTable.Variants && table != CatalogueTable.Metafields)
            return new MergeCounts();
        var set = string.Join(", ", [.. table.Hashed.Except(table.Fields).Concat(table.Loose).Select(column => $"{column} = s.{column}"),
            "pending = null", "row_hash = s.row_hash", "ticket = s.ticket", "updated_at = now()"]);
        await using var command = new NpgsqlCommand($"""
            with agreed as materialized (
                select t.id, t.pending from {stage} s join {table.Name} t on {match}
                where t.ticket <= s.ticket and t.pending is not null and t.mark = 0 and t.deleted_at is null
                    and ({Columns("t")}) is not distinct from ({Columns("s")})
                    and not exists (select from conflicts c where c.entity = '{table.Entity}' and c.entity_id = t.id and c.closed_at is null)
                    and not exists (select from sent_fields f where f.entity = '{table.Entity}' and f.entity_id = t.id and t.pending ? f.field
                        and f.value is distinct from to_jsonb(t) -> f.field)),
            written as (update {table.Name} t set {set} from {stage} s, agreed a where t.id = a.id and {match}),
            arrived as (delete from sent_fields f using agreed a where f.entity = '{table.Entity}' and f.entity_id = a.id and a.pending ? f.field)
            select count(*)::int from agreed
            """, connection) { CommandTimeout = 0 };
        return new MergeCounts { Updated = (int)(await command.ExecuteScalarAsync(cancel))! };

        string Columns(string row) => string.Join(", ", table.Fields.Select(column => $"{row}.{column}"));
    }
}
