using System.Text.Json.Nodes;

namespace CowansDashboard.History;

/// <summary>What one field holds when an edit reaches it.</summary>
/// <param name="Current">The value here.</param>
/// <param name="HereOnly">The row is not in Shopify yet: there is nothing to agree with, the whole row waits.</param>
/// <param name="IsPending">The field carries an edit that Shopify has not confirmed; <paramref name="Base"/> is what both sides agreed on before.</param>
/// <param name="Base">Counts only while pending.</param>
/// <param name="InFlight">A push has sent the field and awaits the answer.</param>
/// <param name="Conflict">The open conflict on the field.</param>
public sealed record FieldState(JsonNode? Current, bool HereOnly = false, bool IsPending = false, JsonNode? Base = null, bool InFlight = false, OpenConflict? Conflict = null);

/// <summary>Shopify's value in an open conflict.</summary>
public sealed record OpenConflict(JsonNode? Shopifys);

/// <summary>Decides what one edit does to one field. Pure: whoever calls holds the product.</summary>
public static class EditDecision
{
    public static EditVerdict Decide(FieldState state, FieldEdit edit, CatalogueField field)
    {
        var isSet = field.Kind == FieldKind.Set;
        bool Same(JsonNode? left, JsonNode? right) => field.Same(left, right);

        var wanted = isSet ? JsonValues.ApplySet(state.Current, edit.Seen, edit.New)
            : edit.How == EditHow.Add ? JsonValues.Add(state.Current, edit.Seen, edit.New)
            : edit.New;
        if (Same(wanted, state.Current))
            return new EditVerdict.Nothing();
        if (!isSet && edit.How == EditHow.Set && !Same(edit.Seen, state.Current))
            return new EditVerdict.Stale(state.Current);
        if (state.HereOnly || field.LocalOnly)
            return new EditVerdict.Written(state.Current, wanted, StaysPending: false, Base: null, state.Conflict is null ? ConflictMove.None : ConflictMove.Close);

        // Saying what Shopify says settles the conflict: both agree.
        if (state.Conflict is { } conflict)
            return Same(wanted, conflict.Shopifys)
                ? new EditVerdict.Written(state.Current, wanted, state.InFlight, conflict.Shopifys, ConflictMove.Close)
                : new EditVerdict.Written(state.Current, wanted, StaysPending: true, state.IsPending ? state.Base : state.Current, ConflictMove.Refresh);

        var agreed = state.IsPending ? state.Base : state.Current;
        return new EditVerdict.Written(state.Current, wanted, state.InFlight || !Same(wanted, agreed), agreed, ConflictMove.None);
    }
}

/// <summary>What an edit does to a field.</summary>
public abstract record EditVerdict
{
    private EditVerdict()
    {
    }

    /// <summary>The field holds the wanted value already.</summary>
    public sealed record Nothing : EditVerdict;

    /// <summary>The field holds something else than the person saw.</summary>
    public sealed record Stale(JsonNode? Current) : EditVerdict;

    /// <summary>The field takes the value; while it stays pending, <paramref name="Base"/> is what both sides last agreed on.</summary>
    public sealed record Written(JsonNode? Old, JsonNode? New, bool StaysPending, JsonNode? Base, ConflictMove Conflict) : EditVerdict;
}

/// <summary>What becomes of the open conflict on an edited field.</summary>
public enum ConflictMove
{
    None,

    /// <summary>It stays open, with the new value as ours.</summary>
    Refresh,

    /// <summary>Both sides hold the same now.</summary>
    Close,
}
