using Npgsql;

namespace CowansDashboard.Webhooks.Subscriptions;

/// <summary>Keeps the address that a person entered, or forgets it. The next check tells Shopify.</summary>
public sealed class ChangeCallbackAddress(NpgsqlDataSource database, CallbackAddressOptions options)
{
    /// <summary>What is wrong with it; null when it was kept.</summary>
    public async Task<string?> Change(string? text, string by, CancellationToken cancel)
    {
        if (!string.IsNullOrWhiteSpace(options.Address))
            return "The address comes from the server’s settings (Webhooks__Address) and is changed there.";
        if (string.IsNullOrWhiteSpace(text))
        {
            await using var forget = database.CreateCommand("delete from webhook_address");
            await forget.ExecuteNonQueryAsync(cancel);
            return null;
        }
        var (address, wrong) = CallbackAddress.Read(text);
        if (address is null)
            return $"The address {wrong}";
        await using var keep = database.CreateCommand("""
            insert into webhook_address (address, changed_by) values ($1, $2)
            on conflict (singleton) do update set address = excluded.address, changed_by = excluded.changed_by, changed_at = now()
            """);
        keep.Parameters.Add(new() { Value = address.GetLeftPart(UriPartial.Authority) });
        keep.Parameters.Add(new() { Value = by });
        await keep.ExecuteNonQueryAsync(cancel);
        return null;
    }
}
