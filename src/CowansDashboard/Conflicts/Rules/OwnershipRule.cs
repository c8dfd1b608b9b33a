namespace CowansDashboard.Conflicts.Rules;

/// <summary>Which products, or which metafields, a rule speaks of.</summary>
public enum RuleScope
{
    All,
    Collection,
    Vendor,
    Namespace,
}

/// <summary>Whose value stays when both sides changed a field.</summary>
public enum FieldOwner
{
    /// <summary>A person decides.</summary>
    Ask,

    Shopify,

    /// <summary>Ours, also where Shopify changed a field that nobody has edited here.</summary>
    Dashboard,
}

/// <summary>Who owns a field. <see cref="ScopeValue"/> is the collection's id here, the vendor's name or the metafield namespace.</summary>
/// <param name="Field">A field's name such as <c>price</c>, or a group of them: <c>seo.*</c>, <c>inventory</c>, <c>metafields.custom.*</c>, <c>*</c>.</param>
/// <param name="MostPerDay">So often a day our value is put back over a clean field; after that a person is asked.</param>
public sealed record OwnershipRule(long Id, RuleScope Scope, string ScopeValue, string Field, FieldOwner Owner, int MostPerDay = 3, string Note = "");

/// <summary>A field of one row, as far as rules look at it.</summary>
/// <param name="Name">As <see cref="OwnedFields.Name"/> says it.</param>
/// <param name="Namespace">Of a metafield; else null.</param>
public sealed record OwnedField(string Name, string Vendor, IReadOnlyCollection<long> Collections, string? Namespace = null);

public static class RuleNames
{
    public static string Text(this RuleScope scope) => scope switch
    {
        RuleScope.Collection => "collection",
        RuleScope.Vendor => "vendor",
        RuleScope.Namespace => "namespace",
        _ => "all",
    };

    public static RuleScope Scope(string text) => text switch
    {
        "collection" => RuleScope.Collection,
        "vendor" => RuleScope.Vendor,
        "namespace" => RuleScope.Namespace,
        _ => RuleScope.All,
    };

    public static string Text(this FieldOwner owner) => owner switch
    {
        FieldOwner.Shopify => "shopify",
        FieldOwner.Dashboard => "dashboard",
        _ => "ask",
    };

    public static FieldOwner Owner(string text) => text switch
    {
        "shopify" => FieldOwner.Shopify,
        "dashboard" => FieldOwner.Dashboard,
        _ => FieldOwner.Ask,
    };
}
