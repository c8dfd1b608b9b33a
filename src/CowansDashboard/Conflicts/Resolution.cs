using System.Text.Json.Nodes;

namespace CowansDashboard.Conflicts;

/// <summary>What a person wants of conflicts.</summary>
public abstract record Resolution
{
    private Resolution()
    {
    }

    /// <summary>Our value stays, and goes to Shopify with the next push.</summary>
    public sealed record Ours : Resolution;

    /// <summary>Shopify's value is taken in; our edit ends.</summary>
    public sealed record Shopifys : Resolution;

    /// <summary>A third value, such as one that holds both edits.</summary>
    public sealed record Another(JsonNode? Value) : Resolution;

    /// <summary>What the shop's rules say of each field; those they do not decide stay open.</summary>
    public sealed record ByRules : Resolution;
}

/// <summary>A conflict as the person saw it.</summary>
public readonly record struct SeenConflict(long Id, int Revision);

/// <summary>A conflict that was left as it is, and why.</summary>
public sealed record LeftConflict(long Id, string Title, string Field, string Why);
