using Npgsql;

namespace CowansDashboard.Webhooks.Subscriptions;

/// <summary>The address that holds now: the server's setting, else the one a person entered; null when there is none.</summary>
public sealed class ReadCallbackAddress(NpgsqlDataSource database, CallbackAddressOptions options)
{
    public async Task<CallbackAddress?> Read(CancellationToken cancel)
    {
        if (!string.IsNullOrWhiteSpace(options.Address) && CallbackAddress.Read(options.Address).Address is { } set)
            return new(set, SetByServer: true);
        await using var command = database.CreateCommand("select address from webhook_address");
        return await command.ExecuteScalarAsync(cancel) is string entered && CallbackAddress.Read(entered).Address is { } known ? new(known, SetByServer: false) : null;
    }
}
