using System.Security.Cryptography;

namespace CowansDashboard.Accounts;

/// <summary>A password that a person can read out and type once: four groups of four, no letter that looks like another.</summary>
public static class OneTimePassword
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";

    public static string Generate() =>
        string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Letters, 4)));
}
