using System.Globalization;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Throttling;
using CowansDashboard.Shopify.Wire;

namespace CowansDashboard.Stores;

/// <summary>What the shop answered, or why it did not.</summary>
internal sealed record ConnectionFindings(ShopifyConnection Connection, DateOnly Today)
{
    public ShopifyFault? Fault { get; init; }
    public TimeSpan Answered { get; init; }
    public string? AnsweredVersion { get; init; }
    public ShopNode? Shop { get; init; }
    public IReadOnlyList<string> Scopes { get; init; } = [];
    public ThrottleStatus? Budget { get; init; }
    public long? Products { get; init; }
    public long? Variants { get; init; }
    public ShopifyFault? CountFault { get; init; }
}

/// <summary>Turns what was found into the lines that a person reads. Pure.</summary>
internal static class JudgeConnection
{
    private static readonly CultureInfo British = CultureInfo.GetCultureInfo("en-GB");

    public static IReadOnlyList<ConnectionCheck> Judge(ConnectionFindings found) =>
    [
        Reachable(found), Token(found), Version(found), Scopes(found), Plan(found), Place(found), Products(found),
    ];

    private static ConnectionCheck Reachable(ConnectionFindings found)
    {
        const string Name = ConnectionCheck.Reachable;
        var host = found.Connection.Host.Authority;
        return found.Fault switch
        {
            ShopifyFault.Unreachable fault => new(Name, CheckState.Failed, $"{host} does not answer", $"{fault.Reason.TrimEnd('.')}. Check the shop’s name and this server’s way out."),
            ShopifyFault.Unreadable fault => new(Name, CheckState.Failed, $"{host} is not Shopify", fault.Message),
            ShopifyFault.Http { Status: System.Net.HttpStatusCode.NotFound } => new(Name, CheckState.Failed, $"No shop answers at {host}", "Check the shop’s name: it is the one before .myshopify.com, not your own web address."),
            ShopifyFault.Http fault => new(Name, CheckState.Failed, fault.Message, "Open the shop’s admin in a browser to see what stands against it."),
            _ => new(Name, CheckState.Passed, $"{host} answered", $"In {found.Answered.TotalMilliseconds.ToString("0", British)} ms."),
        };
    }

    private static ConnectionCheck Token(ConnectionFindings found)
    {
        const string Name = ConnectionCheck.Token;
        var renews = found.Connection.Credentials is ShopifyCredentials.Client;
        return found.Fault switch
        {
            null => new(Name, CheckState.Passed, "Accepted", renews ? "Fetched with the client ID; it renews itself every 24 h." : "A fixed token; it works until somebody takes the app out of the shop."),
            ShopifyFault.Unauthorized => new(Name, CheckState.Failed, "Not accepted by Shopify", renews ? "The app may have been taken out of the shop. Install it again." : "It may be mistyped, or of another shop. Copy it again from Shopify."),
            ShopifyFault.TokenRefused fault => new(Name, CheckState.Failed, "No token granted", $"{fault.Message} Check client ID and secret, and that the app is installed in this shop."),
            ShopifyFault.Unreachable or ShopifyFault.Unreadable or ShopifyFault.Http => Skipped(Name),
            var fault => new(Name, CheckState.Failed, fault.Message, ""),
        };
    }

    private static ConnectionCheck Version(ConnectionFindings found)
    {
        const string Name = "API version";
        var asked = found.Connection.ApiVersion;
        if (found.Fault is not null)
            return Skipped(Name);
        if (found.AnsweredVersion is { } answered && answered != asked)
            return new(Name, CheckState.Warning, $"{asked} was asked for, {answered} answered", "Shopify no longer knows the version asked for and takes another one. Set one that it supports.");
        if (found.AnsweredVersion is null)
            return new(Name, CheckState.Warning, $"{asked} was asked for, no version was named", "The answer does not say which version it is; an intermediary may cut headers.");
        var until = ApiVersion.SupportedUntil(asked);
        var left = until.DayNumber - found.Today.DayNumber;
        return left < 90
            ? new(Name, CheckState.Warning, $"{asked}, supported until {until.ToString("d MMMM yyyy", British)}", left > 0 ? $"{left} days left: plan the move to a newer one." : "Its time is over; Shopify may stop it any day.")
            : new(Name, CheckState.Passed, $"{asked}, supported until {until.ToString("d MMMM yyyy", British)}", $"{left} days left.");
    }

    private static ConnectionCheck Scopes(ConnectionFindings found)
    {
        const string Name = "Scopes";
        if (found.Fault is not null)
            return Skipped(Name);
        var missing = NeededScopes.Missing(NeededScopes.ToRead, found.Scopes);
        if (missing.Count == 0 && NeededScopes.Missing(NeededScopes.ToSend, found.Scopes) is { Count: > 0 } unsent)
            return new(Name, CheckState.Warning, $"Everything can be read; {string.Join(", ", unsent.Select(need => need.Handle))} {(unsent.Count == 1 ? "is" : "are")} missing",
                string.Join(" ", unsent.Select(need => need.Without)));
        if (missing.Count == 0)
            return new(Name, CheckState.Passed, "Everything that the dashboard needs", string.Join(", ", NeededScopes.All.Select(need => need.Handle)) + ".");
        return new(
            Name,
            missing.Any(need => need.Essential) ? CheckState.Failed : CheckState.Warning,
            $"{string.Join(", ", missing.Select(need => need.Handle))} {(missing.Count == 1 ? "is" : "are")} missing",
            string.Join(" ", missing.Select(need => need.Without)));
    }

    private static ConnectionCheck Plan(ConnectionFindings found)
    {
        const string Name = "Plan and budget";
        if (found.Fault is not null)
            return Skipped(Name);
        var plan = found.Shop?.Plan?.PublicDisplayName is { Length: > 0 } name ? name : "Plan not named";
        if (found.Budget is not { } budget)
            return new(Name, CheckState.Warning, plan, "Shopify named no budget; pulls begin slowly and find out.");
        return new(Name, CheckState.Passed,
            string.Create(British, $"{plan}, {budget.MaximumAvailable:#,0} points, +{budget.RestoreRate:#,0}/s"),
            string.Create(British, $"{budget.CurrentlyAvailable:#,0} points are free now."));
    }

    private static ConnectionCheck Place(ConnectionFindings found)
    {
        const string Name = "Currency, time zone";
        if (found.Fault is not null)
            return Skipped(Name);
        var (currency, zone) = (found.Shop?.CurrencyCode ?? "", found.Shop?.IanaTimezone ?? "");
        return TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)
            ? new(Name, CheckState.Passed, $"{currency}, {zone}", "Prices and times are shown in these.")
            : new(Name, CheckState.Warning, $"{currency}, {zone}", "This server does not know the time zone; times are shown in UTC.");
    }

    private static ConnectionCheck Products(ConnectionFindings found)
    {
        const string Name = "Products";
        if (found.Fault is not null)
            return Skipped(Name);
        return found.CountFault is { } fault
            ? new(Name, CheckState.Failed, "Could not be counted", fault.Message)
            : new(Name, CheckState.Passed,
                string.Create(British, $"{found.Products:#,0} {(found.Products == 1 ? "product" : "products")}, {found.Variants:#,0} {(found.Variants == 1 ? "variant" : "variants")}"),
                found.Products == 0 ? "The shop is empty: a pull finds nothing yet." : "");
    }

    private static ConnectionCheck Skipped(string name) => new(name, CheckState.NotChecked, "Not checked");
}
