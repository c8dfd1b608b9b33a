namespace CowansDashboard.Sync.Push;

/// <summary>Products as they were sent, from what was committed before: the same whether or not this process sent them.</summary>
internal static class SentBefore
{
    /// <param name="scope">The push.</param>
    /// <param name="tickets">By product of ours: the ticket under which it was sent.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<List<SentProduct>> Read(PushScope scope, Dictionary<long, long> tickets, CancellationToken cancel)
    {
        long[] products = [.. tickets.Keys.Order()];
        await using var connection = await scope.Database.OpenConnectionAsync(cancel);
        await PushScope.Quickly(connection, cancel);
        var items = (await PushItems.Open(connection, scope.PlanId, products, cancel)).Where(item => item.Status == PushStatus.Sent).ToList();
        var rows = await PushRows.Read(connection, products, items, cancel);
        var values = await PushItems.Awaited(connection, [.. items.Select(item => item.Id)], cancel);
        var sent = new List<SentProduct>();
        foreach (var ofProduct in items.GroupBy(item => item.ProductId))
        {
            if (rows.Product(ofProduct.Key) is not { ShopifyId: { } id } product)
                continue;
            var entities = ofProduct.Select(item => (item, row: rows.Row(item.Entity, item.EntityId))).Where(one => one.row is not null)
                .Select(one => new PushEntity(one.item.Id, one.item.Key, one.item.Entity, one.item.EntityId, one.row!.ShopifyId, one.item.Kind, one.row.Row,
                    [.. one.item.Changes().Select(change => values.TryGetValue((one.item.Id, change.Field), out var value) ? change with { New = value } : change)
                        .Where(change => values.ContainsKey((one.item.Id, change.Field)) || !one.row.Pending.ContainsKey(change.Field))]));
            sent.Add(new SentProduct(new PushProduct(product.ProductId, id, product.Options, [.. entities]), tickets[ofProduct.Key]));
        }
        return sent;
    }
}
