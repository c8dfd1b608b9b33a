using Npgsql;

namespace CowansDashboard.Webhooks.Handling;

/// <summary>
/// Erases personal data when Shopify demands it: of a customer's orders, or of a whole shop. Only for the shop that the signed
/// body names: the header could be anybody's. What this dashboard keeps of people is in the deliveries themselves.
/// </summary>
internal sealed class Redact(NpgsqlDataSource database, DeliveryQueue queue)
{
    public async Task Apply(IReadOnlyCollection<ClaimedDelivery> deliveries, CancellationToken cancel)
    {
        foreach (var delivery in deliveries)
        {
            if (await OrdersWait(delivery, cancel))
            {
                await queue.Await([delivery], "Orders that came before it are looked at first.", cancel);
                continue;
            }
            var found = await Erase(delivery, cancel);
            await queue.Settle([new(delivery, found ? DeliveryOutcome.Noted : DeliveryOutcome.Ignored)], cancel);
        }
    }

    // Which order a delivery is about is known when it was handled.
    private async Task<bool> OrdersWait(ClaimedDelivery delivery, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select exists (
                select from webhook_deliveries d join stores s on s.id = d.store_id
                where lower(s.shop) = lower($1) and d.state = 'queued' and d.topic like 'orders/%' and d.id < $2)
            """);
        command.Parameters.Add(new() { Value = delivery.Meaning.Shop ?? "" });
        command.Parameters.Add(new() { Value = delivery.Id });
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task<bool> Erase(ClaimedDelivery delivery, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            with shop as (select id from stores where lower(shop) = lower($1)),
            erased as (
                update webhook_deliveries d set body = '', redacted_at = clock_timestamp()
                from shop where d.store_id = shop.id and d.redacted_at is null and d.id <> $4
                    and ($2 and d.topic similar to '(orders|customers)/%' or d.entity = 'order' and d.entity_id = any($3)
                        -- An order without an id that could be read may be one of these.
                        or d.topic like 'orders/%' and d.entity_id is null and d.state <> 'queued'))
            select count(*) from shop
            """);
        command.Parameters.Add(new() { Value = delivery.Meaning.Shop ?? "" });
        command.Parameters.Add(new() { Value = delivery.Topic.Equals("shop/redact", StringComparison.OrdinalIgnoreCase) });
        command.Parameters.Add(new() { Value = delivery.Meaning.Orders.ToArray() });
        command.Parameters.Add(new() { Value = delivery.Id });
        var known = (long)(await command.ExecuteScalarAsync(cancel))! > 0;
        // It names the customer itself.
        await using var self = database.CreateCommand("update webhook_deliveries set body = '', redacted_at = clock_timestamp() where id = $1");
        self.Parameters.Add(new() { Value = delivery.Id });
        await self.ExecuteNonQueryAsync(cancel);
        return known;
    }
}
