using CowansDashboard.History;
using CowansDashboard.History.Layers;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>Fields that a schedule holds while they are edited: whether the change stays after its end is the person's choice.</summary>
public sealed partial class ProductEditor
{
    private IReadOnlyList<FieldLayer> layers = [];
    private bool untilEnd;

    [Inject] private ReadLayers Layers { get; set; } = default!;

    /// <summary>Schedules on top of what is typed, whose values still show.</summary>
    private List<FieldLayer> Held => layers.Count == 0 || edits.Count == 0 ? []
        : [.. layers.Where(layer => edits.IsTyped(Key(layer)) && JsonValues.Same(edits.Copy.Now(Key(layer)), layer.Value))];

    private bool OnlyUntilEnd => untilEnd && Held.Count > 0;

    private async Task ReadSchedules() => layers =
    [
        .. (await Layers.OfProduct(Store.Id, Product.Id, gone.Token)).Where(layer => layer is { IsActive: true, Element.Length: 0 }).DistinctBy(Key),
    ];

    private static FieldKey Key(FieldLayer layer) => new(layer.Entity, layer.EntityId, layer.Field);
}
