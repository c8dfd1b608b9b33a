namespace CowansDashboard.Sync.Push;

/// <summary>One collection as it was sent, and what came back.</summary>
public sealed class SentCollection(PushCollection collection)
{
    private readonly Dictionary<(string Entity, long Id, string Field), FieldResult> _results = [];
    private readonly HashSet<long> _touched = [];

    public PushCollection Collection => collection;

    /// <summary>The id that Shopify gave it in its answer.</summary>
    public long? Made { get; set; }

    /// <summary>Whether a call that carries something of the item has been begun.</summary>
    public bool IsTouched(PushEntity entity) => _touched.Contains(entity.ItemId);

    public IEnumerable<(string Entity, long Id, string Field)> Taken => _results.Where(one => one.Value is FieldResult.Taken && one.Key.Field.Length > 0).Select(one => one.Key);

    /// <summary>What Shopify said about a field; rows without fields are asked for by an empty one.</summary>
    public FieldResult Result(PushEntity entity, string field) => _results.GetValueOrDefault((entity.Entity, entity.EntityId, field)) ?? new FieldResult.Unknown(null);

    /// <summary>What Shopify said about a row as a whole.</summary>
    public FieldResult Result(PushEntity entity) => Result(entity, entity.Fields is [var first, ..] ? first.Field : "");

    internal void Touch(IEnumerable<PushEntity> entities) => _touched.UnionWith(entities.Select(entity => entity.ItemId));

    internal void Untouch(IEnumerable<PushEntity> entities) => _touched.ExceptWith(entities.Select(entity => entity.ItemId));

    internal void Note(PushEntity entity, IEnumerable<string> fields, FieldResult result)
    {
        foreach (var field in fields)
            _results[(entity.Entity, entity.EntityId, field)] = result;
    }

    internal void Note(PushEntity entity, FieldResult result) => Note(entity, entity.Fields.Count == 0 ? [""] : entity.Fields.Select(field => field.Field), result);
}
