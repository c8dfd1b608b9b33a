using System.Globalization;
using System.Text;

namespace CowansDashboard.Collections.Suggestions.Asking;

/// <summary>The endpoint that a shop asks; its key is told to nobody.</summary>
public sealed record SuggestionModel(string Address, string Model, bool HasKey, int TimeoutSeconds, decimal PriceIn, decimal PriceOut)
{
    public const int UsualTimeout = 30;
    public const int LongestTimeout = 300;
    private const int LongestText = 500;
    private const decimal HighestPrice = 1_000_000;

    /// <summary>What of it is no good, and what would be right; null when it can be asked.</summary>
    public string? Problem
    {
        get
        {
            if (!Uri.TryCreate(Address, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http") || address.UserInfo.Length > 0 || Address.Length > LongestText)
                return "The address is such as https://api.openai.com/v1, to which /chat/completions is added.";
            if (address.Query.Length > 0 || address.Fragment.Length > 0 || Address.Contains('?', StringComparison.Ordinal) || Address.Contains('#', StringComparison.Ordinal))
                return "The address ends without ? and #: /chat/completions is added to it.";
            if (address.Scheme == "http" && !address.IsLoopback && HasKey)
                return "A key is sent over https only; without one, or on this machine, http will do.";
            if (string.IsNullOrWhiteSpace(Model) || Model.Length > LongestText)
                return "Name the model as the endpoint calls it.";
            if (TimeoutSeconds is < 1 or > LongestTimeout)
                return string.Create(CultureInfo.InvariantCulture, $"It is waited for 1 to {LongestTimeout} seconds.");
            return PriceIn is < 0 or > HighestPrice || PriceOut is < 0 or > HighestPrice ? string.Create(CultureInfo.InvariantCulture, $"A price is from 0 to {HighestPrice:N0}.") : null;
        }
    }

    /// <summary>Where it goes, as a person recognises it: how, to whom and at which door.</summary>
    public string Place => Completions.GetLeftPart(UriPartial.Authority);

    public Uri Completions => new(Address.TrimEnd('/') + "/chat/completions");

    public decimal Cost(long tokensIn, long tokensOut) => ((PriceIn * tokensIn) + (PriceOut * tokensOut)) / 1_000_000;
}

/// <summary>The endpoint with its key, for the one call that needs it.</summary>
internal sealed record ModelInHand(SuggestionModel Model, string? Key)
{
    /// <summary>One is kept, whether or not it can be opened here.</summary>
    public bool HasSealedKey { get; init; }

    // The text of a record shows its values; a key must never reach a log.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(Model);
        return true;
    }
}
