using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// Products that somebody deleted here while Shopify was making them: from then on they are deleted like any other that Shopify
/// has, archived first and with a window in which they can be restored.
/// </summary>
internal static class ArchiveCreated
{
    /// <summary>Turns the end of a row that was here only into a removal, under the name of whoever wanted it. The caller holds the products.</summary>
    /// <param name="connection">Its transaction writes.</param>
    /// <param name="storeId">Whose.</param>
    /// <param name="products">Our ids, adopted a moment ago.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task Remove(NpgsqlConnection connection, long storeId, long[] products, CancellationToken cancel)
    {
        foreach (var (id, how, status, sent, head) in await Deleted(connection, storeId, products, cancel))
        {
            var archives = how.Hours is not null && status != Removal.Archived;
            await using (var command = new NpgsqlCommand($$"""
                update products set mark = 0, deleted_at = null, removal = $2, version = version + 1, updated_at = now(),
                    status = case when $3 then '{{Removal.Archived}}' else status end,
                    pending = case when not $3 then pending when $4 = '{{Removal.Archived}}' then nullif(pending - 'status', '{}')
                        else jsonb_build_object('status', $4) || coalesce(pending, '{}') end
                where id = $1
                """, connection))
            {
                command.Parameters.Add(new() { Value = id });
                command.Parameters.Add(new() { Value = how.Text });
                command.Parameters.Add(new() { Value = archives });
                command.Parameters.Add(new() { Value = sent });
                await command.ExecuteNonQueryAsync(cancel);
            }
            List<ChangeRow> changes = [new(CatalogueFields.Product, id, id, Removal.Field, null, how.Text)];
            if (archives)
                changes.Add(new(CatalogueFields.Product, id, id, "status", status, Removal.Archived));
            await RemovedProducts.Note(connection, storeId, await RecordChanges.Record(connection, 0, head, changes, cancel), changes, cancel);
        }
    }

    /// <summary>Lets the push that made such products archive them too: whoever deleted them has said so. Answers how many.</summary>
    public static async Task<int> Plan(NpgsqlConnection connection, long planId, long[] products, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            insert into push_items (plan_id, store_id, product_id, entity, entity_id, kind, fields, meaning)
            select $1, p.store_id, p.id, 'product', p.id, 'update', jsonb_build_object('status', jsonb_build_object('base', p.pending -> 'status', 'new', p.status)), p.removal
            from products p join push_items i on i.plan_id = $1 and i.product_id = p.id and i.entity = 'product' and i.kind = 'create' and i.status = 'done'
            where p.id = any($2) and p.mark = 0 and p.removal like 'delete:%' and p.pending ? 'status'
                and not exists (select from push_items o where o.plan_id = $1 and o.product_id = p.id and o.entity = 'product' and o.kind = 'update')
            """, connection);
        command.Parameters.Add(new() { Value = planId });
        command.Parameters.Add(new() { Value = products });
        return await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<List<(long Id, Removal How, string Status, string Sent, ChangeSetHead Head)>> Deleted(
        NpgsqlConnection connection, long storeId, long[] products, CancellationToken cancel)
    {
        // How it was to be removed is kept with the id under which it was sent: nothing else knows it of a row that is here only.
        await using var command = new NpgsqlCommand("""
            select p.id, p.status, coalesce((select f.value #>> '{}' from sent_fields f where f.entity = 'product' and f.entity_id = p.id and f.field = 'status'), p.status),
                c.removal, s.title, s.reason, s.made_by_id, s.made_by_name
            from products p join push_creates c on c.product_id = p.id
            left join lateral (
                select s.title, s.reason, s.made_by_id, s.made_by_name from changes l join change_sets s on s.id = l.change_set_id
                where l.entity = 'product' and l.entity_id = p.id and l.field = 'removed' and l.undone_by is null order by l.id desc limit 1) s on true
            where p.id = any($1) and p.deleted_at is not null and p.removal is null
            order by p.id for update of p
            """, connection);
        command.Parameters.Add(new() { Value = products });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var deleted = new List<(long, Removal, string, string, ChangeSetHead)>();
        while (await reader.ReadAsync(cancel))
            deleted.Add((reader.GetInt64(0), Removal.Parse(Text(3)) ?? new Removal(Removal.UsualHours), reader.GetString(1), reader.GetString(2),
                new ChangeSetHead(storeId, ChangeSetKind.Delete, Text(4) ?? "Deleted while Shopify was making it", Text(5), Text(6), Text(7) ?? "Somebody")));
        return deleted;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }
}
