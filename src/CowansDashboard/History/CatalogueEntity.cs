using System.Text.Json.Nodes;

namespace CowansDashboard.History;

/// <summary>How rows of one kind lie in the database: what a save needs to read, write, add and remove them.</summary>
internal sealed record CatalogueEntity(string Name, string Table, string ProductOf)
{
    /// <summary>Memberships: no version, removed from the table where they never were in Shopify.</summary>
    public bool IsPair { get; init; }

    /// <summary>SQL for the collection of a row t, where it has one.</summary>
    public string CollectionOf { get; init; } = "null::bigint";

    /// <summary>Its rows have no product and are held by their collection.</summary>
    public bool IsOfCollection { get; init; }

    /// <summary>The columns of a row that a person adds, with what it holds where the person says nothing; "" stands for a value that must be given.</summary>
    public required JsonObject NewColumns { get; init; }

    public IEnumerable<string> Columns => NewColumns.Select(column => column.Key);

    public static CatalogueEntity? Find(string name) => All.GetValueOrDefault(name);

    private static JsonObject Row(string json) => (JsonObject)JsonNode.Parse(json)!;

    public static readonly IReadOnlyDictionary<string, CatalogueEntity> All = new CatalogueEntity[]
    {
        new(CatalogueFields.Product, "products", "t.id")
        {
            NewColumns = Row("""
                {"title": "", "handle": "", "description_html": "", "vendor": "", "product_type": "", "tags": [], "status": "DRAFT", "template_suffix": null,
                 "seo_title": null, "seo_description": null, "category_id": null, "is_gift_card": false, "requires_selling_plan": false,
                 "has_only_default_variant": true, "redirect_new_handle": true, "attributes": {}}
                """),
        },
        new(CatalogueFields.Option, "product_options", "t.product_id") { NewColumns = Row("""{"product_id": 0, "name": "", "position": 1, "option_values": []}""") },
        new(CatalogueFields.Variant, "variants", "t.product_id")
        {
            NewColumns = Row("""
                {"product_id": 0, "title": "", "option_values": [], "position": 1, "sku": null, "barcode": null, "price": 0, "compare_at_price": null,
                 "unit_cost": null, "taxable": true, "inventory_policy": "DENY", "tracked": false, "requires_shipping": true, "weight": null, "weight_unit": null,
                 "harmonized_system_code": null, "country_code_of_origin": null, "media_ids": [], "attributes": {}}
                """),
        },
        new(CatalogueFields.Media, "media", "t.product_id")
        {
            NewColumns = Row("""
                {"product_id": 0, "shopify_id": null, "position": 1, "media_type": "IMAGE", "alt": null, "status": "READY", "url": null, "preview_url": null,
                 "width": null, "height": null, "mime_type": null}
                """),
        },
        new(CatalogueFields.Metafield, "metafields",
            "case t.owner_kind when 'product' then t.owner_id when 'variant' then (select v.product_id from variants v where v.id = t.owner_id) end")
        {
            NewColumns = Row("""{"owner_kind": "product", "owner_id": 0, "namespace": "", "key": "", "type": "", "value": ""}"""),
        },
        new(CatalogueFields.Level, "inventory_levels", "(select v.product_id from variants v where v.id = t.variant_id)") { NewColumns = [] },
        new(CatalogueFields.Member, "collection_members", "t.product_id") { IsPair = true, CollectionOf = "t.collection_id", NewColumns = Row("""{"collection_id": 0, "product_id": 0, "position": 0}""") },
        new(CatalogueFields.Publication, "product_publications", "t.product_id") { IsPair = true, NewColumns = Row("""{"publication_id": 0, "product_id": 0}""") },
        new(CatalogueFields.Collection, "collections", "null::bigint")
        {
            CollectionOf = "t.id",
            IsOfCollection = true,
            NewColumns = Row("""
                {"title": "", "handle": "", "description_html": "", "sort_order": "BEST_SELLING", "template_suffix": null, "seo_title": null, "seo_description": null,
                 "image_url": null, "image_alt": null, "member_order": null, "redirect_new_handle": true, "attributes": {}}
                """),
        },
        new(CatalogueFields.Source, "collection_sources", "null::bigint")
        {
            CollectionOf = "t.collection_id",
            IsOfCollection = true,
            NewColumns = Row("""{"collection_id": 0, "position": 1, "source_type": "CollectionConditionsSource", "title": "", "definition": {}}"""),
        },
        new(CatalogueFields.CollectionPublication, "collection_publications", "null::bigint")
        {
            IsPair = true,
            CollectionOf = "t.collection_id",
            IsOfCollection = true,
            NewColumns = Row("""{"publication_id": 0, "collection_id": 0}"""),
        },
    }.ToDictionary(entity => entity.Name);
}
