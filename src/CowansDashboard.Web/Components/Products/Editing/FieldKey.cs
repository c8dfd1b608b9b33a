namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>One field of one row that belongs to a product: the product itself, a variant, a picture or a metafield.</summary>
public readonly record struct FieldKey(string Entity, long Id, string Field)
{
    public static FieldKey Product(long id, string field) => new("product", id, field);

    public static FieldKey Variant(long id, string field) => new("variant", id, field);

    public static FieldKey Media(long id, string field) => new("media", id, field);

    public static FieldKey Metafield(long id) => new("metafield", id, "value");
}
