using System.Text.Json.Nodes;

namespace CowansDashboard.Sync.Push;

/// <summary>What is about to be sent of one product: the rows of its items that may go, with the values they go with.</summary>
public sealed record PushProduct(long ProductId, long? ShopifyId, IReadOnlyList<string> Options, IReadOnlyList<PushEntity> Entities)
{
    /// <summary>Under which Shopify creates it, once.</summary>
    public Guid CustomId { get; init; }

    /// <summary>How many it has, where somebody asks what a look at it costs.</summary>
    public int Variants { get; init; }

    /// <summary>Only fields of the product and of its variants, and metafields, change: their own answers tell all of it.</summary>
    public bool IsPlain => Entities.All(IsPlainRow);

    /// <summary>
    /// The same in SQL of an item i. Of a metafield that was sent to be made and is not there only a look at all that its owner has
    /// tells whether Shopify has made it.
    /// </summary>
    public const string IsPlainItem = """
        (i.kind = 'update' and i.entity in ('product', 'variant') and not i.fields ?| array['media_ids', 'position', 'option_values']
            or i.entity = 'metafield' and (i.kind <> 'create' or i.attempts = 0))
        """;

    private static bool IsPlainRow(PushEntity entity) => entity switch
    {
        { Entity: "metafield" } => true,
        { Kind: PushKind.Update, Entity: "product" or "variant" } => !entity.Fields.Any(one => one.Field is "media_ids" or "position" or "option_values"),
        _ => false,
    };
}

/// <summary>One item's row and the fields of it that go. <paramref name="Row"/> is the row as it is here now.</summary>
public sealed record PushEntity(
    long ItemId, Guid Key, string Entity, long EntityId, long? ShopifyId, PushKind Kind, JsonObject Row, IReadOnlyList<PushedField> Fields)
{
    /// <summary>The value that a column goes with: the item's where it has one, else the row's.</summary>
    public JsonNode? Value(string field) => Fields.FirstOrDefault(one => one.Field == field) is { } pushed ? pushed.New : Row[field];

    public bool Has(string field) => Fields.Any(one => one.Field == field);
}
