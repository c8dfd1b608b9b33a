namespace CowansDashboard.Stores;

/// <summary>What came of changing a store.</summary>
public abstract record StoreChange
{
    private StoreChange() { }

    public sealed record Done(StoreRow Store) : StoreChange;

    /// <summary>Nothing was changed. Field names what to correct.</summary>
    public sealed record Refused(string Field, string Reason) : StoreChange;
}

/// <summary>A store as pages show it. Credentials are never part of it.</summary>
public sealed record StoreRow(
    long Id,
    string Name,
    string Shop,
    string ApiVersion,
    Uri? Host,
    bool HasClientCredentials,
    string Currency,
    string TimeZone,
    string Plan,
    IReadOnlyList<string> Scopes,
    DateTimeOffset? DataAsOf,
    DateTimeOffset? LastFullPullAt,
    bool SetByServer)
{
    public bool WasAsked => Plan.Length > 0;

    public static StoreRow Of(Store store, ShopifyOptions options) => new(
        store.Id, store.Name, store.Shop, store.ApiVersion, store.BaseUrl is null ? null : new Uri(store.BaseUrl),
        store.CredentialKind == "client", store.Currency, store.TimeZone, store.Plan, store.Scopes,
        store.DataAsOf, store.LastFullPullAt, store.Shop == options.Domain);
}
