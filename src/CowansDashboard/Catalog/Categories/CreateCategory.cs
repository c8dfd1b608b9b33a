using System.Text.Json.Nodes;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>What a new category is to be.</summary>
public sealed record NewCategory(string Name)
{
    /// <summary>Null: at the top.</summary>
    public long? ParentId { get; init; }

    /// <summary>How many siblings stand before it; null puts it last.</summary>
    public int? Index { get; init; }

    public JsonObject? Attributes { get; init; }

    public string? TaxonomyId { get; init; }
}

/// <summary>Makes a category in the team's own tree.</summary>
public sealed class CreateCategory(NpgsqlDataSource database)
{
    public async Task<CategoryOutcome> Create(long storeId, NewCategory wanted, AskedBy by, CancellationToken cancel)
    {
        var name = wanted.Name.Trim();
        if (CategoryChecks.Name(name) is { } wrong)
            return wrong;
        if (CategoryChecks.Attributes(wanted.Attributes) is { } odd)
            return odd;
        await using var tree = await TreeInHand.Hold(database, storeId, cancel);
        var above = CategoryPath.Top;
        if (wanted.ParentId is { } parentId)
        {
            if (await tree.Find(parentId, cancel) is not { } parent)
                return new CategoryOutcome.Refused("parentId", "The category above is not there any more.");
            above = parent.Path;
        }
        if (above.Level >= CategoryPath.MostLevels)
            return CategoryChecks.TooDeep;
        if (await CategoryChecks.Unfit(tree, wanted.ParentId, name, 0, cancel) is { } taken)
            return taken;
        if (await CategoryChecks.Taxonomy(tree, wanted.TaxonomyId, cancel) is { } unknown)
            return unknown;

        var position = await tree.MakeRoom(wanted.ParentId, 0, wanted.Index, cancel);
        var id = await tree.Scalar<long>("""
            insert into categories (id, store_id, parent_id, path, position, name, attributes, taxonomy_id)
            select n.id, $1, nullif($2, 0), $3 || n.id || '/', $4, $5, $6::jsonb, nullif($7, '')
            from (select nextval(pg_get_serial_sequence('categories', 'id')) as id) n returning id
            """, cancel, storeId, wanted.ParentId ?? 0, above.Text, position, name, (wanted.Attributes ?? []).ToJsonString(), wanted.TaxonomyId ?? "");
        tree.Note(id, TreeInHand.Created, null, new JsonObject { ["name"] = name });
        var made = (await tree.Find(id, cancel))!;
        return new CategoryOutcome.Done(made, await tree.Keep($"{name}, new category", by, cancel));
    }
}
