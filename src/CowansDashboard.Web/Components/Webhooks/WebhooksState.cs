using System.Globalization;
using CowansDashboard.Search;
using CowansDashboard.Web.Api;
using CowansDashboard.Webhooks;

namespace CowansDashboard.Web.Components.Webhooks;

/// <summary>What the page shows, all of it in the address: the filter, how far down the list, and the event that is open.</summary>
public sealed record WebhooksState(DeliveryFilter Filter, long? After = null, long? Open = null)
{
    public const string Path = "/webhooks";

    /// <summary>What was looked for by name; shown beside the filter that it became.</summary>
    public string? About { get; init; }

    public bool IsFiltered => Filter != new DeliveryFilter();

    public static WebhooksState Read(string address)
    {
        var parameters = FilterText.Parameters(new Uri(address).Query).GroupBy(each => each.Key, StringComparer.Ordinal)
            .ToDictionary(each => each.Key, each => each.Last().Value, StringComparer.Ordinal);
        var (filter, _, _) = EventFilter.Read(parameters.GetValueOrDefault);
        return new(filter, Number(parameters.GetValueOrDefault("after")), Number(parameters.GetValueOrDefault("open"))) { About = parameters.GetValueOrDefault("about") };
    }

    public string ToUrl()
    {
        (string Name, string? Value)[] parts =
        [
            ("topic", Filter.Topic), ("outcome", Filter.Outcome ?? Filter.State), ("entity", Filter.Entity), ("entityId", Text(Filter.EntityId)),
            ("since", Filter.Since?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)), ("before", Filter.Before?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
            ("about", Filter.EntityId is null ? null : About), ("after", Text(After)), ("open", Text(Open)),
        ];
        var query = string.Join('&', parts.Where(part => part.Value is { Length: > 0 }).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));
        return query.Length == 0 ? Path : $"{Path}?{query}";
    }

    /// <summary>Another filter begins at its newest event with nothing open.</summary>
    public WebhooksState With(DeliveryFilter filter) => this with { Filter = filter, After = null, Open = null };

    /// <summary>An outcome, or "dead" and "queued", which are states.</summary>
    public WebhooksState WithOutcome(string? outcome) => With(Filter with
    {
        State = outcome is DeliveryState.Dead or DeliveryState.Queued ? outcome : null,
        Outcome = outcome is DeliveryState.Dead or DeliveryState.Queued ? null : outcome,
    });

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}
