using System.Collections.Concurrent;
using System.Globalization;

namespace CowansDashboard.Web.Components.Kit;

/// <summary>How people read numbers: thousands separated, never bare, money with its currency.</summary>
public static class Figure
{
    static readonly CultureInfo British = CultureInfo.GetCultureInfo("en-GB");
    static readonly ConcurrentDictionary<string, (string Symbol, int Decimals)> Currencies = new();

    public static string Count(double value) => Math.Round(value).ToString("#,0", British);

    public static string Count(long value) => value.ToString("#,0", British);

    /// <summary>"1 run", "2 runs".</summary>
    public static string Count(long value, string one, string? many = null) => $"{Count(value)} {(value == 1 ? one : many ?? one + "s")}";

    /// <summary>"74%". Not 100% before the end, not 0% once begun.</summary>
    public static string Percent(double share) => share switch
    {
        double.NaN or <= 0 => "0%",
        >= 1 => "100%",
        _ => $"{Math.Clamp(Math.Floor(share * 100), 1, 99).ToString("0", British)}%",
    };

    /// <summary>"80k", "1.2m": for axes only, where the exact figure stands elsewhere.</summary>
    public static string Axis(double value) => Math.Abs(value) switch
    {
        >= 1_000_000 => $"{(value / 1_000_000).ToString("0.#", British)}m",
        >= 10_000 => $"{(value / 1_000).ToString("0.#", British)}k",
        _ => value.ToString("#,0.##", British),
    };

    /// <summary>"8.4 s" is When.Duration; this is "184 MB".</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        >= 1L << 30 => $"{(bytes / (double)(1L << 30)).ToString("0.0", British)} GB",
        >= 1L << 20 => $"{(bytes / (double)(1L << 20)).ToString("0", British)} MB",
        >= 1L << 10 => $"{(bytes / (double)(1L << 10)).ToString("0", British)} kB",
        _ => $"{bytes} B",
    };

    /// <summary>"£71.20", "¥1,200", "CHF 89.00".</summary>
    public static string Money(decimal amount, string currency)
    {
        var (symbol, decimals) = Currencies.GetOrAdd(currency, Look);
        var figure = Math.Abs(amount).ToString("N" + decimals, British);
        return (amount < 0 ? "−" : "") + (symbol == currency ? $"{currency} {figure}" : symbol + figure);
    }

    // English words for a currency first: the Japanese way to write yen is a sign twice as wide.
    static (string Symbol, int Decimals) Look(string currency)
    {
        var cultures = CultureInfo.GetCultures(CultureTypes.SpecificCultures)
            .Where(culture => new RegionInfo(culture.Name).ISOCurrencySymbol == currency)
            .OrderByDescending(culture => culture.TwoLetterISOLanguageName == "en")
            .ToList();
        if (cultures.Count == 0)
        {
            return (currency, 2);
        }
        var symbol = cultures.Select(culture => culture.NumberFormat.CurrencySymbol).FirstOrDefault(each => each.Length < 3 && each != currency);
        return (symbol?.Replace('￥', '¥') ?? currency, cultures[0].NumberFormat.CurrencyDecimalDigits);
    }
}
