namespace CowansDashboard.History;

/// <summary>The one table of fields that people may edit, with what each takes. Pages take their labels from it.</summary>
public static class CatalogueFields
{
    public const string Product = "product", Variant = "variant", Option = "option", Media = "media", Metafield = "metafield",
        Level = "inventory level", Member = "collection member", Publication = "product publication",
        Collection = "collection", Source = "collection source", CollectionPublication = "collection publication";

    public static readonly IReadOnlyList<CatalogueField> All =
    [
        new(Product, "title", "Title", FieldKind.Text) { LongestText = 255 },
        new(Product, "handle", "Handle", FieldKind.Handle) { LongestText = 255 },
        new(Product, "redirect_new_handle", "Redirect from the old address", FieldKind.Flag) { LocalOnly = true },
        new(Product, "description_html", "Description", FieldKind.Html) { Optional = true, LongestText = 524_288 },
        new(Product, "vendor", "Vendor", FieldKind.Text) { Optional = true, LongestText = 255 },
        new(Product, "product_type", "Type", FieldKind.Text) { Optional = true, LongestText = 255 },
        new(Product, "tags", "Tags", FieldKind.Set) { Optional = true },
        new(Product, "status", "Status", FieldKind.Choice) { Choices = ["ACTIVE", "DRAFT", "ARCHIVED", "UNLISTED"] },
        new(Product, Removal.Field, "Removed", FieldKind.Removal) { Optional = true, EmptyIsNull = true, LocalOnly = true, Structural = true },
        new(Product, "category_id", "Category", FieldKind.Category) { Optional = true, EmptyIsNull = true },
        new(Product, "template_suffix", "Theme template", FieldKind.Text) { Optional = true, EmptyIsNull = true, LongestText = 255 },
        new(Product, "seo_title", "Search engine title", FieldKind.Text) { Optional = true, EmptyIsNull = true, LongestText = 5_000, BestBelow = 70 },
        new(Product, "seo_description", "Search engine description", FieldKind.Text) { Optional = true, EmptyIsNull = true, LongestText = 5_000, BestBelow = 160 },
        new(Product, "requires_selling_plan", "Only with a selling plan", FieldKind.Flag),
        new(Product, "has_only_default_variant", "Without options", FieldKind.Flag) { Structural = true, LocalOnly = true },
        new(Variant, "sku", "SKU", FieldKind.Text) { Optional = true, EmptyIsNull = true, LongestText = 255 },
        new(Variant, "barcode", "Barcode", FieldKind.Text) { Optional = true, EmptyIsNull = true, LongestText = 255 },
        new(Variant, "price", "Price", FieldKind.Money),
        new(Variant, "compare_at_price", "Compare-at price", FieldKind.Money) { Optional = true, EmptyIsNull = true },
        new(Variant, "unit_cost", "Cost per item", FieldKind.Money) { Optional = true, EmptyIsNull = true },
        new(Variant, "taxable", "Charge tax", FieldKind.Flag),
        new(Variant, "inventory_policy", "When out of stock", FieldKind.Choice) { Choices = ["DENY", "CONTINUE"] },
        new(Variant, "tracked", "Track stock", FieldKind.Flag),
        new(Variant, "requires_shipping", "Physical product", FieldKind.Flag),
        new(Variant, "weight", "Weight", FieldKind.Number) { Optional = true, EmptyIsNull = true },
        new(Variant, "weight_unit", "Weight unit", FieldKind.Choice) { Optional = true, EmptyIsNull = true, Choices = ["KILOGRAMS", "GRAMS", "POUNDS", "OUNCES"] },
        new(Variant, "harmonized_system_code", "HS code", FieldKind.TariffCode) { Optional = true, EmptyIsNull = true },
        new(Variant, "country_code_of_origin", "Country of origin", FieldKind.Country) { Optional = true, EmptyIsNull = true },
        new(Variant, "title", "Title", FieldKind.Text) { LongestText = 255 * 3 + 6, Structural = true, LocalOnly = true },
        new(Variant, "option_values", "Options", FieldKind.List) { Structural = true },
        new(Variant, "position", "Position", FieldKind.Whole) { Structural = true },
        new(Variant, "media_ids", "Picture", FieldKind.Ids) { Optional = true, Structural = true },
        new(Option, "name", "Option name", FieldKind.Text) { LongestText = 255 },
        new(Option, "position", "Position", FieldKind.Whole) { Structural = true },
        new(Option, "option_values", "Option values", FieldKind.OptionValues) { Structural = true },
        new(Media, "alt", "Alt text", FieldKind.Text) { Optional = true, EmptyIsNull = true, LongestText = 512 },
        new(Media, "position", "Position", FieldKind.Whole) { Structural = true },
        new(Metafield, "value", "Value", FieldKind.MetafieldValue),
        new(Level, "available", "Available", FieldKind.Whole),
        new(Member, "position", "Position", FieldKind.Whole) { Structural = true },
        new(Collection, "title", "Title", FieldKind.Text) { LongestText = 255 },
        new(Collection, "handle", "Handle", FieldKind.Handle) { LongestText = 255 },
        new(Collection, "redirect_new_handle", "Redirect from the old address", FieldKind.Flag) { LocalOnly = true },
        new(Collection, "description_html", "Description", FieldKind.Html) { Optional = true, LongestText = 524_288 },
        new(Collection, "seo_title", "Search engine title", FieldKind.Text) { Optional = true, EmptyIsNull = true, LongestText = 5_000, BestBelow = 70 },
        new(Collection, "seo_description", "Search engine description", FieldKind.Text) { Optional = true, EmptyIsNull = true, LongestText = 5_000, BestBelow = 160 },
        new(Collection, "sort_order", "Sorted by", FieldKind.Choice)
        {
            Choices = ["MANUAL", "BEST_SELLING", "ALPHA_ASC", "ALPHA_DESC", "PRICE_ASC", "PRICE_DESC", "CREATED", "CREATED_DESC", "MOST_RELEVANT"],
        },
        new(Collection, "template_suffix", "Theme template", FieldKind.Text) { Optional = true, EmptyIsNull = true, LongestText = 255 },
        new(Collection, "image_url", "Picture", FieldKind.Text) { Optional = true, EmptyIsNull = true, LongestText = 2_048 },
        new(Collection, "image_alt", "Alt text", FieldKind.Text) { Optional = true, EmptyIsNull = true, LongestText = 512 },
        new(Collection, MemberOrder.Field, "Order", FieldKind.Ids) { Optional = true, EmptyIsNull = true, Structural = true },
        new(Collection, Removal.Field, "Removed", FieldKind.Removal) { Optional = true, EmptyIsNull = true, LocalOnly = true, Structural = true },
        new(Source, "title", "Title", FieldKind.Text) { LongestText = 255 },
        new(Source, "definition", "What it holds", FieldKind.Source) { Structural = true },
        new(Source, "position", "Position", FieldKind.Whole) { Structural = true },
    ];

    private static readonly Dictionary<(string, string), CatalogueField> ByName = All.ToDictionary(field => (field.Entity, field.Name));

    /// <summary>The field of this name; null when people cannot edit it.</summary>
    public static CatalogueField? Find(string entity, string name) => ByName.GetValueOrDefault((entity, name));

    /// <summary>What a person calls the field, also one that nobody edits.</summary>
    public static string LabelOf(string entity, string name) => Find(entity, name)?.Label ?? name switch
    {
        "created" => "Created",
        "members" => "Product",
        "publications" => "Published on",
        "removed" => "Removed",
        "deleted" => "Deleted",
        "on_hand" => "On hand",
        "published_at" => "Published",
        "online_store_url" => "Address in the online store",
        "featured_media_id" => "Featured picture",
        _ => char.ToUpperInvariant(name[0]) + name[1..].Replace('_', ' '),
    };
}
