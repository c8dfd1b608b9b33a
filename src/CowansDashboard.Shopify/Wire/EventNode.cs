namespace CowansDashboard.Shopify.Wire;

/// <summary>Something that somebody did in the shop, as Shopify's own list of events tells it.</summary>
public sealed record EventNode
{
    public ShopifyId Id { get; init; }

    /// <summary>create, destroy and others.</summary>
    public string Action { get; init => field = value ?? ""; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public string? AppTitle { get; init; }

    public bool AttributeToApp { get; init; }

    /// <summary>The name of a person, where it was one.</summary>
    public string? Author { get; init; }

    /// <summary>What it was done to.</summary>
    public string? SubjectId { get; init; }
}

/// <summary>Data of <c>EventsPage</c>.</summary>
public sealed record EventsData(Page<EventNode> Events);
