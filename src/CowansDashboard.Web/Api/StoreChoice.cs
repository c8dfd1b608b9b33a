using System.Globalization;
using CowansDashboard.Stores;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>Which shop a request means: the one it names, or the only one there is.</summary>
public static class StoreChoice
{
    public static async Task<(StoreRow? Store, ProblemHttpResult? Problem)> Of(string? storeId, ListStores stores, CancellationToken cancel)
    {
        var connected = await stores.List(cancel);
        if (string.IsNullOrEmpty(storeId))
            return connected.Count switch
            {
                1 => (connected[0], null),
                0 => (null, Problems.Of(StatusCodes.Status409Conflict, "No shop is connected yet. Connect one in Settings.")),
                _ => (null, Problems.Field("storeId", "Several shops are connected: storeId says which. " + Named(connected))),
            };
        var named = connected.FirstOrDefault(store => store.Id.ToString(CultureInfo.InvariantCulture) == storeId);
        return named is not null ? (named, null) : (null, Problems.Field("storeId", $"There is no shop “{storeId}”. {Named(connected)}"));
    }

    private static string Named(IReadOnlyList<StoreRow> stores) =>
        string.Join(", ", stores.Select(store => string.Create(CultureInfo.InvariantCulture, $"{store.Id} is {store.Name}"))) + ".";
}
