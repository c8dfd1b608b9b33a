using System.Text.Json.Nodes;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>What of a category shall be otherwise; null leaves it.</summary>
public sealed record CategoryChange
{
    public string? Name { get; init; }

    /// <summary>All that are set here; others are taken away.</summary>
    public JsonObject? Attributes { get; init; }

    /// <summary>Empty: that of the nearest category above counts.</summary>
    public string? TaxonomyId { get; init; }
}

/// <summary>Changes the name, the attributes or the mapping of a category that has not changed since the person saw it.</summary>
public sealed class ChangeCategory(NpgsqlDataSource database)
{
    public async Task<CategoryOutcome> Change(long storeId, long id, int version, CategoryChange change, AskedBy by, CancellationToken cancel)
    {
        if (change.Name is { } typed && CategoryChecks.Name(typed.Trim()) is { } wrong)
            return wrong;
        if (CategoryChecks.Attributes(change.Attributes) is { } odd)
            return odd;
        await using var tree = await TreeInHand.Hold(database, storeId, cancel);
        if (await tree.Find(id, cancel) is not { } category)
            return new CategoryOutcome.NotFound();
        if (category.Version != version)
            return new CategoryOutcome.Stale(category);
        if (change.Name is { } name && await CategoryChecks.Unfit(tree, category.ParentId, name.Trim(), id, cancel) is { } taken)
            return taken;
        if (await CategoryChecks.Taxonomy(tree, change.TaxonomyId, cancel) is { } unknown)
            return unknown;
        await Write(tree, category, change, cancel);
        return new CategoryOutcome.Done((await tree.Find(id, cancel))!, await tree.Keep($"{category.Name}, {What(tree)}", by, cancel));
    }

    /// <summary>Writes what differs.</summary>
    internal static async Task Write(TreeInHand tree, Category category, CategoryChange change, CancellationToken cancel)
    {
        var before = tree.Changes.Count;
        var (name, attributes) = (change.Name?.Trim() ?? category.Name, change.Attributes ?? category.Attributes);
        var taxonomy = change.TaxonomyId is { } wanted ? wanted.Length == 0 ? null : wanted : category.TaxonomyId;
        if (name != category.Name)
            tree.Note(category.Id, TreeInHand.Name, category.Name, name);
        if (!JsonNode.DeepEquals(attributes, category.Attributes))
            tree.Note(category.Id, TreeInHand.Attributes, category.Attributes.DeepClone(), attributes.DeepClone());
        if (taxonomy != category.TaxonomyId)
            tree.Note(category.Id, TreeInHand.Taxonomy, category.TaxonomyId, taxonomy);
        if (tree.Changes.Count == before)
            return;
        await tree.Execute("""
            update categories set name = $3, attributes = $4::jsonb, taxonomy_id = nullif($5, ''), version = version + 1, updated_at = now()
            where store_id = $1 and id = $2
            """, cancel, tree.StoreId, category.Id, name, attributes.ToJsonString(), taxonomy ?? "");
    }

    private static string What(TreeInHand tree) => tree.Changes switch
    {
        [{ Field: TreeInHand.Name }] => "new name",
        [{ Field: TreeInHand.Taxonomy }] => "mapped",
        [{ Field: TreeInHand.Attributes }] => "attributes",
        _ => "changed",
    };
}
