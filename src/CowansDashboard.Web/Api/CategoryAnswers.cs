using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Categories;

namespace CowansDashboard.Web.Api;

/// <summary>A category. children counts those directly below it, products those in it and below it; taxonomyId is what is set here, effectiveTaxonomyId what counts.</summary>
public sealed record OwnCategoryAnswer(
    string Id, string? ParentId, string Name, int Level, int Version, long Children, long Products, JsonObject Attributes, string? TaxonomyId, string? EffectiveTaxonomyId, string? TaxonomyName,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? DeletedAt)
{
    internal static OwnCategoryAnswer Of(CategoryNode node) => new(
        node.Category.Id.Text(), node.Category.ParentId?.Text(), node.Category.Name, node.Category.Path.Level, node.Category.Version, node.Children, node.Products, node.Category.Attributes, node.Category.TaxonomyId,
        node.TaxonomyId, node.TaxonomyName, node.Category.CreatedAt.ToUniversalTime(), node.Category.UpdatedAt.ToUniversalTime(), node.Category.DeletedAt?.ToUniversalTime());
}

/// <summary>A category with its path from the top, its contents, and the attributes that count for it.</summary>
public sealed record CategoryDetailsAnswer(OwnCategoryAnswer Category, IReadOnlyList<CategoryStep> Path, CategoryContents Contents, IReadOnlyList<CategoryAttributeAnswer> Template)
{
    internal static CategoryDetailsAnswer Of(CategoryNode node, IReadOnlyList<Category> above, CategoryContents contents) => new(
        OwnCategoryAnswer.Of(node), [.. above.Append(node.Category).Select(each => new CategoryStep(each.Id.Text(), each.Name))], contents,
        [.. AttributeTemplate.Of(above.Append(node.Category)).Select(each => new CategoryAttributeAnswer(each.Name, each.Values, each.From.Id.Text(), each.From.Name))]);
}

public sealed record CategoryStep(string Id, string Name);

/// <summary>An attribute that counts for a category: its values, none for free text, and which category says so.</summary>
public sealed record CategoryAttributeAnswer(string Name, IReadOnlyList<string> Values, string FromId, string From);

/// <summary>A category in the tree; below holds as many levels as were asked for.</summary>
public sealed record CategoryBranchAnswer(string Id, string Name, int Version, long Products, int Children, IReadOnlyList<CategoryBranchAnswer> Below)
{
    internal static CategoryBranchAnswer Of(CategoryBranch branch) =>
        new(branch.Category.Id.Text(), branch.Category.Name, branch.Category.Version, branch.Products, branch.Children, [.. branch.Below.Select(Of)]);
}

public sealed record FoundCategoryAnswer(string Id, string Name, string FullName, string? ParentId, int Version);

public sealed record CategoryProductAnswer(string Id, string Title, string Status, string CategoryId, string Category, long Skus);

public sealed record CategorySkuAnswer(string VariantId, string Sku, string Title, string ProductId, string Product, string CategoryId);

/// <summary>How many products lie elsewhere now, and how many were given a category of Shopify's taxonomy.</summary>
public sealed record AssignedAnswer(string? ChangeSetId, int Products, int Mapped)
{
    internal static AssignedAnswer Of(Assigned assigned) => new(assigned.ChangeSetId == 0 ? null : assigned.ChangeSetId.Text(), assigned.Products, assigned.Mapped);
}

/// <summary>What was taken back, and why the rest stays.</summary>
public sealed record UndoneAnswer(string? ChangeSetId, int Returned, IReadOnlyList<string> Stays);

/// <summary>How many categories of Shopify's taxonomy were new, differed, and were so already.</summary>
public sealed record TaxonomyAnswer(int Added, int Changed, int Same);
