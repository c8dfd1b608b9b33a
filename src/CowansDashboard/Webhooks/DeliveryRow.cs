using CowansDashboard.Webhooks.Handling;
using Npgsql;

namespace CowansDashboard.Webhooks;

/// <summary>A delivery as lists show it.</summary>
public sealed record DeliveryRow
{
    internal const string Columns = """
        d.id, d.webhook_id, d.event_id, d.topic, d.triggered_at, d.heard_at, d.api_version, d.is_test, octet_length(d.body), d.repeats, d.repeated_at,
        d.state, d.outcome, d.entity, d.entity_id, d.attempts, d.try_at, d.error, d.done_at, d.change_set_id, d.redacted_at, d.replayed_at,
        p.id, coalesce(p.title, c.title),
        d.postponed, d.claimed_until > now(),
        case when d.state = 'queued' and d.redacted_at is null and octet_length(d.body) < 200000
            and (d.entity is null or d.entity in ('product', 'collection') and coalesce(p.title, c.title) is null) then d.body end,
        (select count(*) from webhook_replays r where r.delivery_id = d.id), exists (select from webhook_replays r where r.delivery_id = d.id and r.state = 'queued')
        """;

    internal const string From = """
        webhook_deliveries d
        left join products p on d.entity = 'product' and p.store_id = d.store_id and p.shopify_id = d.entity_id
        left join collections c on d.entity = 'collection' and c.store_id = d.store_id and c.shopify_id = d.entity_id
        """;

    public required long Id { get; init; }

    /// <summary>Shopify's, the same for each attempt to deliver it.</summary>
    public required string WebhookId { get; init; }

    public string? EventId { get; init; }

    public required string Topic { get; init; }

    /// <summary>As Shopify says, unsigned.</summary>
    public DateTimeOffset? TriggeredAt { get; init; }

    public required DateTimeOffset HeardAt { get; init; }

    public string? ApiVersion { get; init; }

    public bool IsTest { get; init; }

    public int Bytes { get; init; }

    /// <summary>How often it came again after the first time.</summary>
    public int Repeats { get; init; }

    public DateTimeOffset? RepeatedAt { get; init; }

    /// <summary>One of <see cref="DeliveryState"/>.</summary>
    public required string State { get; init; }

    /// <summary>One of <see cref="DeliveryOutcome"/>; null until it is handled.</summary>
    public string? Outcome { get; init; }

    /// <summary>product, collection, inventory_item, location, order, shop or bulk_operation; null until it is understood.</summary>
    public string? Entity { get; init; }

    /// <summary>Shopify's id of it.</summary>
    public long? EntityId { get; init; }

    public int Attempts { get; init; }

    /// <summary>When a queued one is tried next.</summary>
    public DateTimeOffset TryAt { get; init; }

    public string? Error { get; init; }

    public DateTimeOffset? DoneAt { get; init; }

    /// <summary>The change set that it is part of, where it changed what the copy held.</summary>
    public long? ChangeSetId { get; init; }

    public DateTimeOffset? RedactedAt { get; init; }

    /// <summary>It came to its end by a replay only, so that the time until then says nothing.</summary>
    public DateTimeOffset? ReplayedAt { get; init; }

    /// <summary>How often Shopify could not be asked about it.</summary>
    public int Postponed { get; init; }

    /// <summary>How often it was tried, whatever came of it.</summary>
    public int Tries => Attempts + Postponed;

    /// <summary>A node works on it at this moment.</summary>
    public bool InHand { get; init; }

    /// <summary>How often somebody had it handled once more.</summary>
    public int Replays { get; init; }

    /// <summary>The last of them is not handled yet.</summary>
    public bool ReplayWaits { get; init; }

    /// <summary>Our id of the product, where it is about one that the copy holds.</summary>
    public long? ProductId { get; init; }

    /// <summary>Title of the product or collection.</summary>
    public string? Title { get; init; }

    /// <summary>From Shopify's trigger to the copy, the first time; null until it is handled, and where only a replay got through. As <see cref="DeliveryLag"/> counts it.</summary>
    public TimeSpan? Lag => ReplayedAt is null && State == DeliveryState.Done && DoneAt is { } done ? done - DeliveryLag.Began(TriggeredAt, HeardAt) : null;

    internal static DeliveryRow Read(NpgsqlDataReader row) => row.IsDBNull(26) ? Of(row) : Of(row).Told(row.GetFieldValue<byte[]>(26));

    private static DeliveryRow Of(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        WebhookId = row.GetString(1),
        EventId = Text(row, 2),
        Topic = row.GetString(3),
        TriggeredAt = Time(row, 4),
        HeardAt = row.GetFieldValue<DateTimeOffset>(5),
        ApiVersion = Text(row, 6),
        IsTest = row.GetBoolean(7),
        Bytes = row.GetInt32(8),
        Repeats = row.GetInt32(9),
        RepeatedAt = Time(row, 10),
        State = row.GetString(11),
        Outcome = Text(row, 12),
        Entity = Text(row, 13),
        EntityId = Number(row, 14),
        Attempts = row.GetInt32(15),
        TryAt = row.GetFieldValue<DateTimeOffset>(16),
        Error = Text(row, 17),
        DoneAt = Time(row, 18),
        ChangeSetId = Number(row, 19),
        RedactedAt = Time(row, 20),
        ReplayedAt = Time(row, 21),
        ProductId = Number(row, 22),
        Title = Text(row, 23),
        Postponed = row.GetInt32(24),
        InHand = !row.IsDBNull(25) && row.GetBoolean(25),
        Replays = (int)row.GetInt64(27),
        ReplayWaits = row.GetBoolean(28),
    };

    // What waits is not understood yet, and what is new in the shop is not in the copy: then its body says what it is about.
    private DeliveryRow Told(byte[] body)
    {
        var meaning = DeliveryMeaning.Of(Topic, body);
        return this with { Entity = Entity ?? meaning.Entity, EntityId = EntityId ?? meaning.EntityId, Title = Title ?? (meaning.Entity is "product" or "collection" ? DeliveryMeaning.TitleIn(body) : null) };
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static long? Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}

/// <summary>A delivery with the bytes that were signed.</summary>
public sealed record DeliveryDetails(DeliveryRow Row, byte[] Body);
