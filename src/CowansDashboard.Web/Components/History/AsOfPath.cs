using System.Globalization;

namespace CowansDashboard.Web.Components.History;

/// <summary>The address of what a product or collection was at a moment, beneath its page.</summary>
public static class AsOfPath
{
    public static string Of(string page, DateTimeOffset at) => $"{page}/as-of?at={Uri.EscapeDataString(at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture))}";

    /// <summary>As it was just before a change of this moment.</summary>
    public static string Before(string page, DateTimeOffset change) => Of(page, change.AddMicroseconds(-1));

    /// <summary>The moment of an address; null when it names none that has been.</summary>
    public static DateTimeOffset? Moment(string? text, DateTimeOffset now) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && at <= now ? at : null;
}
