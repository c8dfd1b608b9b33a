using System.Text.Json.Nodes;

namespace CowansDashboard.History.Layers;

/// <summary>A value that a schedule holds over a field while it is active.</summary>
public sealed record Layer(long Id, JsonNode? Value);

/// <summary>What the active layers of a field lie on, and the layers themselves, the newest last.</summary>
public sealed record LayerStack(JsonNode? Beneath, IReadOnlyList<Layer> Layers)
{
    public static readonly LayerStack Empty = new(null, []);

    public Layer? Top => Layers.Count == 0 ? null : Layers[^1];
}

/// <summary>What becomes of a field: its value, its layers, and those that no longer count because somebody else set the field.</summary>
public sealed record LayerMove(JsonNode? Value, LayerStack Stack, IReadOnlyList<Layer> Lifted);

/// <summary>
/// Decides what a field holds when a layer begins or ends. Pure. The newest active layer is on top; ending one shows the
/// next one beneath, and at last the base. A field that holds something else than its top layer was set by somebody,
/// here or in Shopify: that counts now and after every end, so all its layers are lifted.
/// </summary>
public static class LayerDecision
{
    /// <param name="current">What the field holds.</param>
    /// <param name="stack">Its active layers.</param>
    /// <param name="layer">The one that begins.</param>
    /// <param name="same">When two values of the field say the same; unless it is said, when they are the same.</param>
    public static LayerMove Start(JsonNode? current, LayerStack stack, Layer layer, Func<JsonNode?, JsonNode?, bool>? same = null)
    {
        var lifted = IsSetByOthers(current, stack, same) ? stack.Layers : [];
        var left = lifted.Count > 0 || stack.Top is null ? new LayerStack(current, []) : stack;
        return new LayerMove(layer.Value, left with { Layers = [.. left.Layers, layer] }, lifted);
    }

    /// <summary>A value that stays: whatever lay beneath is over.</summary>
    public static LayerMove Settle(JsonNode? value, LayerStack stack) => new(value, LayerStack.Empty, stack.Layers);

    public static LayerMove End(JsonNode? current, LayerStack stack, long layer, Func<JsonNode?, JsonNode?, bool>? same = null)
    {
        if (stack.Layers.All(one => one.Id != layer))
            return new LayerMove(current, stack, []);
        if (IsSetByOthers(current, stack, same))
            return new LayerMove(current, LayerStack.Empty, stack.Layers);
        Layer[] left = [.. stack.Layers.Where(one => one.Id != layer)];
        var value = stack.Top!.Id != layer ? current : left.Length > 0 ? left[^1].Value : stack.Beneath;
        return new LayerMove(value, left.Length == 0 ? LayerStack.Empty : stack with { Layers = left }, []);
    }

    /// <summary>The field no longer holds what its top layer put there.</summary>
    public static bool IsSetByOthers(JsonNode? current, LayerStack stack, Func<JsonNode?, JsonNode?, bool>? same = null) => stack.Top is { } top && !(same ?? JsonValues.Same)(current, top.Value);
}
