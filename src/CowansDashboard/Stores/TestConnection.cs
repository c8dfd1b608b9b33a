using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Retries;
using CowansDashboard.Shopify.Throttling;
using Npgsql;

namespace CowansDashboard.Stores;

/// <summary>
/// Asks a shop everything that a pull depends on, reading only, names each thing it looked at, and keeps what the
/// shop says of itself (name, plan, currency, time zone, scopes).
/// </summary>
public sealed class TestConnection(
    NpgsqlDataSource database, ConnectStore stores, SealedCredentials credentials, ShopifyHttp http, ShopifyOptions options, TimeProvider clock)
{
    // Somebody is watching: rather a quick no than a patient retry.
    private static readonly RetryOptions Impatient = new()
    {
        MaxRetries = 1,
        FirstWait = TimeSpan.FromMilliseconds(300),
        LongestNamedWait = TimeSpan.FromSeconds(5),
        LongestThrottled = TimeSpan.FromSeconds(10),
        AttemptTimeout = TimeSpan.FromSeconds(10),
    };

    public async Task<ConnectionTest> Test(long storeId, CancellationToken cancel)
    {
        var (at, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        var row = await stores.Read(storeId, cancel);
        if (credentials.Open(row.Shop, row.Credentials) is not { } opened)
            return new([new("Credentials", CheckState.Failed, "Cannot be opened", "They were closed with other keys than this server has. Enter them again.")], at, clock.GetElapsedTime(started), null, null);

        var found = await Ask(row.With(opened), DateOnly.FromDateTime(at.UtcDateTime), cancel);
        if (found.Shop is not null)
            await Keep(storeId, found, cancel);
        return new(JudgeConnection.Judge(found), at, clock.GetElapsedTime(started), found.Products, found.Variants);
    }

    /// <summary>Asks a shop with what was typed, before any of it is kept. Null when it is wrong before anybody is asked.</summary>
    public async Task<ConnectionTest?> Test(NewStore wanted, CancellationToken cancel)
    {
        if (wanted.Refusal(options) is not null || !ShopDomain.TryParse(wanted.Shop, out var shop))
            return null;
        var (at, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        var connection = new ShopifyConnection(shop, wanted.Credentials.Credentials, wanted.ApiVersion, wanted.Host);
        var found = await Ask(connection, DateOnly.FromDateTime(at.UtcDateTime), cancel);
        return new(JudgeConnection.Judge(found), at, clock.GetElapsedTime(started), found.Products, found.Variants);
    }

    private async Task<ConnectionFindings> Ask(ShopifyConnection connection, DateOnly today, CancellationToken cancel)
    {
        // A client of its own: an old token or an old version remembered elsewhere must not colour the answer.
        using var governor = new ThrottleGovernor(clock, new WholeBudget());
        using var admin = new ShopifyAdmin(connection, http.Client, governor, clock, retries: Impatient);
        var found = new ConnectionFindings(connection, today);
        try
        {
            var started = clock.GetTimestamp();
            var shop = await admin.Send(Queries.Shop(), Lane.Interactive, cancel);
            found = found with
            {
                Answered = clock.GetElapsedTime(started),
                AnsweredVersion = shop.ApiVersion,
                Shop = shop.Data.Shop,
                Scopes = [.. (shop.Data.CurrentAppInstallation?.AccessScopes ?? []).Select(scope => scope.Handle)],
                Budget = shop.Cost?.ThrottleStatus,
            };
        }
        catch (ShopifyFaultException failure)
        {
            return found with { Fault = failure.Fault };
        }

        try
        {
            var products = await admin.Send(Queries.ProductsCount(), Lane.Interactive, cancel);
            var variants = await admin.Send(Queries.VariantsCount(), Lane.Interactive, cancel);
            return found with
            {
                Products = products.Data.ProductsCount?.Count,
                Variants = variants.Data.ProductVariantsCount?.Count,
            };
        }
        catch (ShopifyFaultException failure)
        {
            return found with { CountFault = failure.Fault };
        }
    }

    private async Task Keep(long storeId, ConnectionFindings found, CancellationToken cancel)
    {
        // A name that somebody typed stays; the one made up from the domain gives way to the shop's own.
        await using var command = database.CreateCommand("""
            update stores
            set name = case when name = split_part(shop, '.', 1) and $2 <> '' then $2 else name end,
                currency = case when $3 <> '' then $3 else currency end,
                time_zone = case when $4 <> '' then $4 else time_zone end,
                plan = $5, scopes = $6, updated_at = $7, connection_lost_at = null, connection_lost_reason = null
            where id = $1 and deleted_at is null
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = found.Shop!.Name });
        command.Parameters.Add(new() { Value = found.Shop.CurrencyCode });
        command.Parameters.Add(new() { Value = found.Shop.IanaTimezone });
        command.Parameters.Add(new() { Value = found.Shop.Plan?.PublicDisplayName is { Length: > 0 } plan ? plan : "Plan not named" });
        command.Parameters.Add(new() { Value = found.Scopes.ToArray() });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
