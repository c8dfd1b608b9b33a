namespace CowansDashboard.Shopify.Wire;

/// <summary>One thing a mutation's payload refused. Many mutations give no code.</summary>
public sealed record UserError
{
    /// <summary>The path of the input that was refused, such as <c>variants, 0, price</c>.</summary>
    public IReadOnlyList<string> Field { get; init => field = value ?? []; } = [];

    /// <summary>What Shopify says.</summary>
    public string Message { get; init => field = value ?? ""; } = "";

    /// <summary>Shopify's code, where the mutation has typed errors.</summary>
    public string? Code { get; init; }

    /// <summary>Which element of the input list it concerns, where Shopify tells.</summary>
    public int? ElementIndex { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Field.Count == 0 ? Message : $"{string.Join('.', Field)}: {Message}";
}
