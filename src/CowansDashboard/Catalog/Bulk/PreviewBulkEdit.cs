using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Search;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Catalog.Bulk;

public sealed record BulkRequest(long StoreId, ProductSelection Selection, BulkAction Action, AskedBy AskedBy)
{
    /// <summary>What history calls it; null takes the action's own words.</summary>
    public string? Title { get; init; }

    /// <summary>The order of the list from which the products were chosen: their rows are shown in it. Null for none in particular.</summary>
    public ProductSort? Order { get; init; }
}

public abstract record PreviewOutcome
{
    private PreviewOutcome()
    {
    }

    /// <summary>Stored, also where it would change nothing.</summary>
    public sealed record Prepared(long PreviewId) : PreviewOutcome;

    /// <summary>A value of the action is no good.</summary>
    public sealed record Wrong(ActionProblem Problem) : PreviewOutcome;

    /// <summary>The selection holds no product.</summary>
    public sealed record Nothing(string Sentence) : PreviewOutcome;
}

/// <summary>
/// Resolves a selection once and stores what the action makes of each row: the value seen and the new one. Changes
/// nothing in the catalogue.
/// </summary>
public sealed class PreviewBulkEdit(NpgsqlDataSource database, ReadSelectedProducts read)
{
    private const int ProductsAtOnce = 1_000;

    public async Task<PreviewOutcome> Preview(BulkRequest request, CancellationToken cancel)
    {
        var (storeId, action) = (request.StoreId, request.Action);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var currency = await StoreCurrency.Read(connection, storeId, cancel);
        if (action.Problem(currency) is { } problem)
            return new PreviewOutcome.Wrong(problem);
        var products = await read.Read(storeId, request.Selection, request.Order, cancel);
        if (products.Count == 0)
            return new PreviewOutcome.Nothing("The selection holds no product any more. Select some and try again.");

        if (action is SetMembership membership)
        {
            if (await Collection(connection, storeId, membership.CollectionId, cancel) is not var (title, takesByHand))
                return new PreviewOutcome.Wrong(new("collection", "There is no such collection in this shop. Choose another."));
            if (!membership.Takes && !takesByHand)
                return new PreviewOutcome.Wrong(new("collection", $"The products of {title} come from other collections; no product is put into it by hand."));
            action = membership with { Collection = title };
            request = request with { Action = action };
        }

        string? taxonomy = null;
        if (action is SetOwnCategory { CategoryId: { } categoryId } own)
        {
            if (await OwnCategoryRows.Find(connection, storeId, categoryId, cancel) is not { } category)
                return new PreviewOutcome.Wrong(new("category", "There is no such category in this shop. Choose another."));
            (action, taxonomy) = (own with { Name = category.Name }, category.Taxonomy);
            request = request with { Action = action };
        }

        var previewId = await Insert(connection, request, products.Count, cancel);
        var unchanged = 0;
        foreach (var some in products.Chunk(ProductsAtOnce))
        {
            var items = new List<BulkChangeRow>();
            var removed = action is DeleteAction ? [] : await Removed(connection, some, cancel);
            if (action is SetOwnCategory into)
            {
                var (moved, same) = await OwnCategoryRows.Of(connection, storeId, into, taxonomy, some, removed, cancel);
                unchanged += same;
                await BulkChangeRow.Copy(connection, previewId, moved, cancel);
                continue;
            }
            var places = some.Select((id, place) => (id, place)).ToDictionary(each => each.id, each => each.place);
            foreach (var row in (await Rows(connection, storeId, action, some, cancel)).OrderBy(row => places[row.ProductId]))
                switch (removed.Contains(row.ProductId) ? new BulkChange.Refused(null, "Its product is removed here: restore it first.")
                    : action is SetMetafield kind && row.Type is { } type && type != kind.Type
                    ? new BulkChange.Refused(null, $"Here it is of the type {type}.")
                    : action is SetMembership { Takes: true } && row is { Seen: not null, Type: not null }
                    ? new BulkChange.Refused(null, "It is not in it by hand alone: change who belongs on the collection’s page.") : action.Change(row.Seen, currency))
                {
                    case BulkChange.Changed changed:
                        items.Add(Changed(action, row, changed.New));
                        break;
                    case BulkChange.Refused refused:
                        items.Add(Item(action, row, action.Target.Name, refused.Wanted, refused.Reason));
                        break;
                    default:
                        unchanged++;
                        break;
                }
            await BulkChangeRow.Copy(connection, previewId, items, cancel);
        }
        await using (var note = new NpgsqlCommand("update bulk_previews set unchanged = $2 where id = $1", connection))
        {
            note.Parameters.Add(new() { Value = previewId });
            note.Parameters.Add(new() { Value = unchanged });
            await note.ExecuteNonQueryAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
        return new PreviewOutcome.Prepared(previewId);
    }

    // A metafield comes and goes as a row; its value changes where it is there before and after. Of a membership the action says which, whatever its value.
    private static BulkChangeRow Changed(BulkAction action, Row row, JsonNode? wanted) => action switch
    {
        SetMetafield kind when row.Type is null => Item(action, row, SetMetafield.Created, kind.Row(row.Id)),
        SetMetafield when wanted is null => Item(action, row, SetMetafield.Removed, null),
        SetMembership { Takes: true } => Item(action, row, SetMetafield.Removed, null),
        SetMembership membership => Item(action, row, SetMetafield.Created, membership.Row(row.ProductId)),
        _ => Item(action, row, action.Target.Name, wanted),
    };

    private static BulkChangeRow Item(BulkAction action, Row row, string field, JsonNode? wanted, string? refused = null) =>
        new(row.ProductId, action.Target.Entity, row.Id, field, row.Seen, wanted, refused);

    private static async Task<long> Insert(NpgsqlConnection connection, BulkRequest request, int selected, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            insert into bulk_previews (store_id, title, action, selection, made_by_id, made_by_name, selected) values ($1, $2, $3, $4, $5, $6, $7) returning id
            """, connection);
        command.Parameters.Add(new() { Value = request.StoreId });
        command.Parameters.Add(new() { Value = string.IsNullOrWhiteSpace(request.Title) ? request.Action.Title : request.Title.Trim() });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(request.Action, BulkJson.Default.BulkAction), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = SelectionText.Print(request.Selection) });
        command.Parameters.Add(new() { Value = (object?)request.AskedBy.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = request.AskedBy.Name });
        command.Parameters.Add(new() { Value = selected });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    // What is made of other collections alone takes nothing by hand.
    private static async Task<(string Title, bool TakesByHand)?> Collection(NpgsqlConnection connection, long storeId, long collectionId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select c.title, coalesce((select bool_or(s.source_type = 'CollectionConditionsSource') from collection_sources s where s.collection_id = c.id and s.deleted_at is null), true)
            from collections c where c.id = $2 and c.store_id = $1 and c.deleted_at is null and c.removal is null
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = collectionId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (reader.GetString(0), reader.GetBoolean(1)) : null;
    }

    private static async Task<HashSet<long>> Removed(NpgsqlConnection connection, long[] products, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select id from products where id = any($1) and removal is not null", connection);
        command.Parameters.Add(new() { Value = products });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var removed = new HashSet<long>();
        while (await reader.ReadAsync(cancel))
            removed.Add(reader.GetInt64(0));
        return removed;
    }

    private static async Task<List<Row>> Rows(NpgsqlConnection connection, long storeId, BulkAction action, long[] products, CancellationToken cancel)
    {
        var field = action.Target.Name;
        var metafield = action as SetMetafield;
        await using var command = new NpgsqlCommand(action.Target.Entity switch
        {
            CatalogueFields.Metafield => $"""
                select coalesce(m.id, o.id), {(metafield!.OwnerKind == "product" ? "o.id" : "o.product_id")}, to_jsonb(m.value)::text, m.type
                from {(metafield.OwnerKind == "product" ? "products" : "variants")} o
                left join metafields m on m.owner_id = o.id and m.owner_kind = $3 and m.namespace = $4 and m.key = $5 and m.deleted_at is null and m.mark <> 2
                where o.store_id = $1 and {(metafield.OwnerKind == "product" ? "o.id" : "o.product_id")} = any($2) and o.deleted_at is null and o.mark <> 2
                order by 2, o.id
                """,
            CatalogueFields.Member => """
                select coalesce(m.id, 0), t.id, case when m.id is not null then to_jsonb(c.title)::text end,
                    (select 'held' where m.mark <> 1 and exists (
                        select from collection_sources s where s.collection_id = c.id and s.deleted_at is null
                            and (s.source_type <> 'CollectionConditionsSource' or jsonb_typeof(s.definition #> '{inclusion,conditions}') = 'array' and s.definition #> '{inclusion,conditions}' <> '[]')))
                from products t join collections c on c.id = $3 and c.store_id = $1 and c.deleted_at is null and c.removal is null
                left join collection_members m on m.product_id = t.id and m.collection_id = c.id and m.mark <> 2
                where t.store_id = $1 and t.id = any($2) order by t.id
                """,
            CatalogueFields.Product => $"select t.id, t.id, to_jsonb(t.{field})::text from products t where t.store_id = $1 and t.id = any($2) order by t.id",
            CatalogueFields.Variant => $"""
                select t.id, t.product_id, to_jsonb(t.{field})::text from variants t
                where t.store_id = $1 and t.product_id = any($2) and t.deleted_at is null and t.mark <> 2 order by t.product_id, t.position, t.id
                """,
            _ => $"""
                select t.id, v.product_id, to_jsonb(t.{field})::text from inventory_levels t join variants v on v.id = t.variant_id
                where t.store_id = $1 and v.product_id = any($2) and v.deleted_at is null and v.mark <> 2
                    and t.location_id = $3 and t.is_active and t.deleted_at is null and v.tracked
                order by v.product_id, v.position, v.id
                """,
        }, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = products });
        if (action is SetStock stock)
            command.Parameters.Add(new() { Value = stock.LocationId });
        if (action is SetMembership member)
            command.Parameters.Add(new() { Value = member.CollectionId });
        if (metafield is not null)
            foreach (var value in (string[])[metafield.OwnerKind, metafield.Namespace, metafield.Key])
                command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<Row>();
        while (await reader.ReadAsync(cancel))
            rows.Add(new Row(reader.GetInt64(0), reader.GetInt64(1), reader.IsDBNull(2) ? null : JsonNode.Parse(reader.GetString(2))) { Type = reader.FieldCount > 3 ? reader.Text(3) : null });
        return rows;
    }

    private sealed record Row(long Id, long ProductId, JsonNode? Seen)
    {
        /// <summary>Of a metafield that is there; null where the row stands for its owner. Of a member that its collection holds by more than a hand: anything.</summary>
        public string? Type { get; init; }
    }
}
