using System.Text.Json.Nodes;
using CowansDashboard.History;

namespace CowansDashboard.Catalog;

/// <summary>Works out which rows and fields changes of a product's structure come to. Pure: one plan per save.</summary>
internal sealed class PlanStructure
{
    public const string DefaultValue = "Default Title";
    public const string DefaultName = "Title";

    private readonly ProductShape _shape;
    private readonly PlannedVariants _variants;
    private readonly List<NewRow> _added = [];
    private readonly List<RowRef> _removed = [];
    private readonly List<RowRef> _returned = [];
    private readonly List<FieldEdit> _fields = [];
    private readonly List<EditProblem> _problems = [];
    private long _key = -1_000;

    public PlanStructure(ProductShape shape)
    {
        _shape = shape;
        _variants = new PlannedVariants(shape, () => --_key);
    }

    public (WantedChanges Wanted, IReadOnlyList<EditProblem> Problems) Plan(IReadOnlyList<StructureChange> changes)
    {
        foreach (var change in changes)
            Take(change);
        var (fields, added, removed) = _variants.Outcome();
        return (new WantedChanges { Fields = [.. _fields, .. fields], Added = [.. _added, .. added], Removed = [.. _removed, .. removed], Returned = _returned }, [.. _problems, .. _variants.Problems]);
    }

    private void Take(StructureChange change)
    {
        switch (change)
        {
            case StructureChange.AddVariants add:
                _variants.Add(add.Variants);
                break;
            case StructureChange.RemoveVariants remove:
                _variants.Remove(remove.Ids);
                break;
            case StructureChange.AddOption option:
                _variants.AddOption(option.Name, option.Values);
                break;
            case StructureChange.RemoveOption option:
                _variants.RemoveOption(option.Id);
                break;
            case StructureChange.SetOptions set:
                _variants.SetOptions(set.Options, set.Seen);
                break;
            case StructureChange.Order { Entity: "variant" } order:
                _variants.Order(order.Ids);
                break;
            case StructureChange.Order order:
                Order(order);
                break;
            case StructureChange.AttachMedia attach:
                Attach(attach.MediaIds);
                break;
            case StructureChange.DetachMedia detach:
                Detach(detach.Ids);
                break;
            case StructureChange.AddMetafield metafield:
                Add(metafield);
                break;
            case StructureChange.RemoveMetafields remove:
                _removed.AddRange(_shape.Living("metafield").Where(row => remove.Ids.Contains(ProductShape.IdOf(row))).Select(row => new RowRef("metafield", ProductShape.IdOf(row))));
                break;
            case StructureChange.Publish publish:
                Join("product publication", "publication_id", publish.PublicationIds);
                break;
            case StructureChange.Unpublish unpublish:
                Leave("product publication", "publication_id", unpublish.PublicationIds);
                break;
            case StructureChange.JoinCollections join:
                Join("collection member", "collection_id", join.CollectionIds);
                break;
            case StructureChange.LeaveCollections leave:
                Leave("collection member", "collection_id", leave.CollectionIds);
                break;
        }
    }

    private void Order(StructureChange.Order order)
    {
        var rows = _shape.Living(order.Entity).ToList();
        var place = order.Ids.Index().ToDictionary(one => one.Item, one => one.Index);
        var position = 0;
        foreach (var row in rows.OrderBy(row => place.GetValueOrDefault(ProductShape.IdOf(row), int.MaxValue)))
            _fields.Add(new FieldEdit(order.Entity, ProductShape.IdOf(row), "position", row["position"]?.DeepClone(), ++position));
    }

    private void Attach(IReadOnlyCollection<long> mediaIds)
    {
        var position = _shape.Living("media").Select(row => row["position"]!.GetValue<int>()).DefaultIfEmpty(0).Max();
        foreach (var id in mediaIds)
        {
            var file = _shape.Files.FirstOrDefault(row => ProductShape.IdOf(row) == id);
            if (file?["shopify_id"] is not { } shopifyId)
            {
                _problems.Add(new EditProblem("media", id, "created", null, "This file is not in Shopify yet, or no longer here."));
                continue;
            }
            var here = _shape.Rows["media"].FirstOrDefault(row => JsonNode.DeepEquals(row["shopify_id"], shopifyId));
            if (here is not null && _shape.Living("media").Contains(here))
                continue;
            if (here is not null)
            {
                _returned.Add(new RowRef("media", ProductShape.IdOf(here)));
                continue;
            }
            var values = new JsonObject { ["product_id"] = _shape.Id, ["position"] = ++position };
            foreach (var column in (string[])["shopify_id", "media_type", "alt", "status", "url", "preview_url", "width", "height", "mime_type"])
                values[column] = file[column]?.DeepClone();
            _added.Add(new NewRow("media", --_key, values));
        }
    }

    private void Detach(IReadOnlyCollection<long> ids)
    {
        foreach (var row in _shape.Living("media").Where(row => ids.Contains(ProductShape.IdOf(row))))
        {
            _removed.Add(new RowRef("media", ProductShape.IdOf(row)));
            foreach (var variant in _shape.Living("variant"))
                if (variant["media_ids"] is JsonArray pictures && pictures.Any(picture => JsonNode.DeepEquals(picture, row["shopify_id"])))
                    _fields.Add(new FieldEdit("variant", ProductShape.IdOf(variant), "media_ids", pictures.DeepClone(),
                        new JsonArray([.. pictures.Where(picture => !JsonNode.DeepEquals(picture, row["shopify_id"])).Select(picture => picture?.DeepClone())])));
        }
    }

    private void Add(StructureChange.AddMetafield wanted)
    {
        bool IsThis(JsonObject row) => (string?)row["owner_kind"] == wanted.OwnerKind && (long)row["owner_id"]! == wanted.OwnerId
            && (string?)row["namespace"] == wanted.Namespace && (string?)row["key"] == wanted.Key;
        if (_shape.Living("metafield").Any(IsThis))
            _problems.Add(new EditProblem("metafield", wanted.OwnerId, "key", $"{wanted.Namespace}.{wanted.Key}", $"It has a metafield {wanted.Namespace}.{wanted.Key} already: change its value."));
        else if (_shape.Removed("metafield").FirstOrDefault(row => IsThis(row) && (string?)row["type"] == wanted.Type) is { } removed)
        {
            _returned.Add(new RowRef("metafield", ProductShape.IdOf(removed)));
            _fields.Add(new FieldEdit("metafield", ProductShape.IdOf(removed), "value", removed["value"]?.DeepClone(), wanted.Value));
        }
        else
            _added.Add(new NewRow("metafield", --_key, new JsonObject
            {
                ["owner_kind"] = wanted.OwnerKind,
                ["owner_id"] = wanted.OwnerId,
                ["namespace"] = wanted.Namespace,
                ["key"] = wanted.Key,
                ["type"] = wanted.Type,
                ["value"] = wanted.Value,
            }));
    }

    private void Join(string entity, string column, IReadOnlyCollection<long> ids)
    {
        foreach (var id in ids.Distinct())
        {
            var row = _shape.Rows[entity].FirstOrDefault(row => (long)row[column]! == id);
            if (row is null)
                _added.Add(new NewRow(entity, --_key, new JsonObject { [column] = id, ["product_id"] = _shape.Id }));
            else if ((int)row["mark"]! == 2)
                _returned.Add(new RowRef(entity, ProductShape.IdOf(row)));
        }
    }

    private void Leave(string entity, string column, IReadOnlyCollection<long> ids) =>
        _removed.AddRange(_shape.Living(entity).Where(row => ids.Contains((long)row[column]!)).Select(row => new RowRef(entity, ProductShape.IdOf(row))));
}
