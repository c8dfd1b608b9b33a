using CowansDashboard.Data;
using CowansDashboard.History;
using CowansDashboard.History.Layers;
using CowansDashboard.Search;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// Writes what Shopify made of what was sent, while the products are held: what it returned becomes the base, and what still is
/// as it was sent waits no longer. Each item gets its outcome. Answers the products that must be read again, because nobody knows.
/// </summary>
public sealed class ConfirmProducts(PushScope scope)
{
    /// <summary>Products of which fields, variants and metafields changed: their answers show all of it.</summary>
    public Task<long[]> Plain(IReadOnlyList<SentProduct> sent, CancellationToken cancel) => scope.Write(async transaction =>
    {
        var connection = transaction.Connection;
        long[] products = [.. sent.Select(one => one.Product.ProductId)];
        await HoldProducts.Hold(connection, products, cancel);
        // Whoever began to read while this was sent may have seen the time before: its ticket is older than this one.
        var late = await Overtaken(connection, sent, cancel);
        var read = new ScalarsRead(await Next(connection, cancel));
        var taken = new List<(string Entity, long Id, string Field)>();
        var (made, removed) = (new List<(long Id, long ShopifyId)>(), new List<long>());
        foreach (var one in sent)
        {
            var current = late[one.Product.ProductId].ToHashSet();
            if (one.ProductNode is { } node && !current.Contains(("product", one.Product.ProductId)))
                read.Products.Add(node);
            foreach (var variant in one.Product.Entities.Where(entity => entity.Entity == "variant" && !current.Contains(("variant", entity.EntityId))))
                if (one.VariantNodes.GetValueOrDefault(ProductWriting.Gid("ProductVariant", variant.ShopifyId)) is { ValueKind: System.Text.Json.JsonValueKind.Object } shown)
                    read.Variants.Add(shown);
            foreach (var metafield in one.Product.Entities.Where(entity => entity.Entity == CatalogueFields.Metafield && !current.Contains((CatalogueFields.Metafield, entity.EntityId))))
                if (metafield.Kind == PushKind.Remove && metafield.ShopifyId is { } gone && one.Result(metafield) is FieldResult.Taken)
                    removed.Add(gone);
                else if (Written(one, metafield) is { } written)
                {
                    read.Metafields.Add(written);
                    if (metafield.Kind == PushKind.Create)
                        made.Add((metafield.EntityId, Shopify.ShopifyId.Parse(written.GetProperty("id").GetString()!).Number));
                }
            taken.AddRange(one.Taken.Where(field => !current.Contains((field.Entity, field.Id))));
        }
        await AdoptCreated.Metafields(connection, scope.Run.StoreId, made, cancel);
        await AdoptCreated.Removed(connection, scope.Run.StoreId, removed, read.Ticket, cancel);
        scope.Count(transaction, await new MergeScalars(scope.Run.StoreId, scope.Run.RunId) { Answered = held => Confirming(held, taken, cancel) }.Merge(connection, read, cancel));
        var overtaken = late.SelectMany(group => group).ToHashSet();
        return await Settle(transaction, sent, overtaken, products, cancel);
    }, cancel);

    private static System.Text.Json.JsonElement? Written(SentProduct sent, PushEntity metafield) =>
        metafield.Kind != PushKind.Remove && metafield.Row["owner"] is not null
            && sent.MetafieldNodes.TryGetValue((PushOperations.Owner(metafield), metafield.Row["namespace"]!.GetValue<string>(), metafield.Row["key"]!.GetValue<string>()), out var written)
            ? written : null;

    /// <summary>Products that are read again as a whole, because their answers do not show everything.</summary>
    public async Task<long[]> Whole(IReadOnlyList<SentProduct> sent, CancellationToken cancel)
    {
        long[] products = [.. sent.Select(one => one.Product.ProductId)];
        await Name(sent, cancel);
        var merge = await scope.Look.Read(products, plain: false, cancel, async connection =>
        {
            // A field in conflict is judged by what was read, not by what was sent.
            var doubtful = (await PushRows.Conflicts(connection, products, cancel)).ToHashSet();
            List<(string, long, string)> taken = [.. sent.SelectMany(one => one.Taken).Where(field => !doubtful.Contains(field))];
            await Confirming(connection, taken, cancel);
            await Reopen(connection, taken, cancel);
        });
        return await scope.Write(async transaction =>
        {
            await HoldProducts.Hold(transaction.Connection, products, cancel);
            scope.Count(transaction, await merge(transaction.Connection));
            return await Settle(transaction, sent, [], products, cancel);
        }, cancel);
    }

    private async Task<long[]> Settle(
        Runs.FencedTransaction transaction, IReadOnlyList<SentProduct> sent, HashSet<(string, long)> overtaken, long[] products, CancellationToken cancel)
    {
        var connection = transaction.Connection;
        var items = (await PushItems.Open(connection, scope.PlanId, products, cancel)).ToDictionary(item => item.Id);
        var rows = await PushRows.Read(connection, products, items.Values, cancel);
        var (settled, again) = (new List<SettledItem>(), new HashSet<long>());
        var otherwise = new List<FollowedField>();
        foreach (var one in sent)
            foreach (var entity in one.Product.Entities)
                if (items.GetValueOrDefault(entity.ItemId) is { } item)
                {
                    var outcome = Outcome(item, entity, one, rows, overtaken.Contains((entity.Entity, entity.EntityId)));
                    settled.Add(outcome);
                    otherwise.AddRange(WrittenOtherwise(item, entity, one, rows, overtaken));
                    if (outcome.Status == PushStatus.Sent)
                        again.Add(one.Product.ProductId);
                }
        await FollowLayers.Follow(connection, otherwise, cancel);
        await PushItems.Close(connection, [.. settled.Select(one => (items[one.ItemId], one))], cancel);
        await scope.ArchiveCreated(transaction, products, cancel);
        await RemovalWindow.Start(connection, products, cancel);
        // Set for this merge only: what is still awaited is awaited from now on as before.
        await Execute(connection, "update sent_fields set confirming = false where push_item_id = any($1) and confirming", [.. items.Keys], cancel);
        await new PrepareProducts(scope).Release(connection, [.. products.Except(again)], cancel);
        await RefreshSummaries.Refresh(connection, products, cancel);
        transaction.Advance(scope.Stream, settled.Count(item => item.Status is not (PushStatus.Sent or PushStatus.Waiting)));
        PushCounts.Count(transaction, settled);
        return [.. again];
    }

    /// <summary>Fields that Shopify took and made something else of: a schedule that holds one holds that now.</summary>
    private static IEnumerable<FollowedField> WrittenOtherwise(PushItem item, PushEntity entity, SentProduct sent, PushRows rows, HashSet<(string, long)> overtaken) =>
        item.Kind != PushKind.Update || overtaken.Contains((entity.Entity, entity.EntityId)) || rows.Row(item.Entity, item.EntityId) is not { } now ? []
            : from field in entity.Fields
              where sent.Result(entity, field.Field) is FieldResult.Taken && !now.Pending.ContainsKey(field.Field) && !JsonValues.Same(now.Row[field.Field], field.New)
              select new FollowedField(entity.Entity, entity.EntityId, field.Field, field.New, now.Row[field.Field]);

    private static SettledItem Outcome(PushItem item, PushEntity entity, SentProduct sent, PushRows rows, bool overtaken)
    {
        var now = rows.Row(item.Entity, item.EntityId);
        var conflicts = rows.InConflict(item.Entity, item.EntityId);
        var (fates, unknown) = (new List<FieldFate>(), new List<(string Field, FieldResult Result)>());
        string? words = null;
        if (item.Kind != PushKind.Update || entity.Fields.Count == 0)
        {
            var result = sent.Result(entity);
            words = (result as FieldResult.Unknown)?.Words;
            if (PushDecision.AfterWhole(item, now, result) is { } fate)
                fates.Add(fate);
            else
                unknown.Add(("", result));
        }
        foreach (var field in item.Kind == PushKind.Update ? entity.Fields : [])
        {
            var result = sent.Result(entity, field.Field);
            words ??= (result as FieldResult.Unknown)?.Words;
            // Somebody read the row after it was sent: what it shows now is what Shopify holds, and not what it answered us.
            if (PushDecision.After(field, now, overtaken && result is FieldResult.Taken ? new FieldResult.Unknown(null) : result, conflicts) is { } fate)
                fates.Add(fate);
            else
                unknown.Add((field.Field, result));
        }
        // What Shopify has not written is awaited no longer: it waits for another look, as if it had not been sent.
        if (unknown.Count > 0 && unknown.All(one => one.Result is FieldResult.Overtaken) && item.Attempts < PushScope.MostOvertaken)
            return new SettledItem(item.Id, PushStatus.Waiting, item.Outcome, item.Attempts);
        if (unknown.Count > 0 && item.Attempts < PushScope.MostSends)
            return new SettledItem(item.Id, PushStatus.Sent, item.Outcome, item.Attempts);
        fates.AddRange(unknown.Select(one => conflicts.Contains(one.Field)
            ? new FieldFate(one.Field, PushStatus.Conflict, PushDecision.InConflict)
            : new FieldFate(one.Field, one.Result is FieldResult.Overtaken ? PushStatus.Refused : PushStatus.Failed, words ?? one.Result switch
            {
                FieldResult.Taken => "Shopify took it and shows another value.",
                FieldResult.Overtaken => PushDecision.Overtaken,
                _ => "Shopify gave no answer.",
            })));
        return PushDecision.Settle(item, rows.Told(item, fates), item.Outcome);
    }

    /// <summary>
    /// Rows that a read under a later ticket than the call's has written meanwhile, and rows of which something that was sent is in
    /// conflict: what was answered may be older or newer than what was heard.
    /// </summary>
    private static async Task<ILookup<long, (string Entity, long Id)>> Overtaken(NpgsqlConnection connection, IReadOnlyList<SentProduct> sent, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select 'product', p.id, p.id from unnest($1::bigint[], $2::bigint[]) s (id, ticket) join products p on p.id = s.id and p.ticket > s.ticket
            union all
            select 'variant', v.id, v.product_id from unnest($1::bigint[], $2::bigint[]) s (id, ticket) join variants v on v.product_id = s.id and v.ticket > s.ticket
            union all
            select 'metafield', m.id, s.product from unnest($3::bigint[], $4::bigint[], $5::bigint[]) s (id, product, ticket) join metafields m on m.id = s.id and m.ticket > s.ticket
            union all
            select c.entity, c.entity_id, c.product_id from conflicts c join sent_fields f on f.entity = c.entity and f.entity_id = c.entity_id and f.field = c.field
            where c.product_id = any($1) and c.closed_at is null
            """, connection);
        command.Parameters.Add(new() { Value = sent.Select(one => one.Product.ProductId).ToArray() });
        command.Parameters.Add(new() { Value = sent.Select(one => one.Ticket).ToArray() });
        var metafields = sent.SelectMany(one => one.Product.Entities.Where(entity => entity.Entity == CatalogueFields.Metafield).Select(entity => (entity.EntityId, one.Product.ProductId, one.Ticket))).ToList();
        command.Parameters.Add(new() { Value = metafields.Select(one => one.EntityId).ToArray() });
        command.Parameters.Add(new() { Value = metafields.Select(one => one.ProductId).ToArray() });
        command.Parameters.Add(new() { Value = metafields.Select(one => one.Ticket).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var late = new List<(long Product, string Entity, long Id)>();
        while (await reader.ReadAsync(cancel))
            late.Add((reader.GetInt64(2), reader.GetString(0), reader.GetInt64(1)));
        return late.ToLookup(one => one.Product, one => (one.Entity, one.Id));
    }

    /// <summary>Shopify took these fields.</summary>
    private static async Task Confirming(NpgsqlConnection connection, List<(string Entity, long Id, string Field)> taken, CancellationToken cancel)
    {
        if (taken.Count == 0)
            return;
        await using var command = new NpgsqlCommand("""
            update sent_fields f set confirming = true from unnest($1::text[], $2::bigint[], $3::text[]) s (entity, id, field)
            where f.entity = s.entity and f.entity_id = s.id and f.field = s.field
            """, connection);
        command.Parameters.Add(new() { Value = taken.Select(one => one.Entity).ToArray() });
        command.Parameters.Add(new() { Value = taken.Select(one => one.Id).ToArray() });
        command.Parameters.Add(new() { Value = taken.Select(one => one.Field).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Rows of fields that Shopify took are merged also where it made of them what both sides had agreed on.</summary>
    private static async Task Reopen(NpgsqlConnection connection, List<(string Entity, long Id, string Field)> taken, CancellationToken cancel)
    {
        foreach (var table in ReadPendingChanges.Tables)
            if (taken.Where(one => one.Entity == table.Entity).Select(one => one.Id).Distinct().ToArray() is { Length: > 0 } ids)
                await Execute(connection, $"update {table.Name} set row_hash = null where id = any($1) and row_hash is not null", ids, cancel);
        // Options come and are compared with their product.
        if (taken.Where(one => one.Entity == "option").Select(one => one.Id).Distinct().ToArray() is { Length: > 0 } options)
            await Execute(connection, "update products set row_hash = null where id in (select product_id from product_options where id = any($1))", options, cancel);
    }

    private Task Name(IReadOnlyList<SentProduct> sent, CancellationToken cancel)
    {
        var created = sent.Where(one => one.Product.ShopifyId is null && one.ProductNode is not null).ToList();
        return created.Count == 0 ? Task.CompletedTask : scope.Write(async transaction =>
        {
            await HoldProducts.Hold(transaction.Connection, [.. created.Select(one => one.Product.ProductId)], cancel);
            foreach (var one in created)
                await AdoptCreated.Product(transaction.Connection, scope.Run.StoreId, one.Product.ProductId,
                    Shopify.ShopifyId.Parse(one.ProductNode!.Value.GetProperty("id").GetString()!).Number, cancel);
            return true;
        }, cancel);
    }

    private static async Task<long> Next(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select nextval('tickets')", connection);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, long[] ids, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = ids });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
