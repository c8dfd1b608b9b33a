namespace CowansDashboard.Conflicts;

/// <summary>
/// Decides what becomes of one field when Shopify says something about it: the three-way merge of what is here,
/// what both sides last agreed on, and what Shopify says now. Pure.
/// </summary>
public static class FieldMerge
{
    /// <summary>The verdict on a value that is compared as a whole.</summary>
    /// <param name="local">What is here.</param>
    /// <param name="pending">The edit made here and not yet confirmed; null when the field is clean.</param>
    /// <param name="remote">What Shopify says.</param>
    /// <param name="same">When two values are the same.</param>
    public static FieldVerdict<T> Decide<T>(T local, PendingField<T>? pending, T remote, Func<T, T, bool> same)
    {
        if (pending is not { } edit)
            return new FieldVerdict<T>.Taken(remote);

        var isEcho = edit.HasAwaited && same(remote, edit.Awaited!);
        return (edit.HasAwaited, isEcho, Agrees: same(remote, local), IsBase: same(remote, edit.Base)) switch
        {
            // What was sent is still on its way and will overwrite what both hold now: ours must be sent once more then.
            (HasAwaited: true, isEcho: false, Agrees: true, _) => new FieldVerdict<T>.Kept(local, remote),
            (_, _, Agrees: true, _) => new FieldVerdict<T>.Agreed(remote),
            (_, isEcho: true, _, _) => new FieldVerdict<T>.Kept(local, remote),
            (_, _, _, IsBase: true) => new FieldVerdict<T>.Kept(local, edit.Base),
            _ => new FieldVerdict<T>.Conflict(local, edit.Base, remote),
        };
    }

    /// <summary>
    /// The verdict on a set, element by element: what was added and removed here is added to and removed from what
    /// Shopify holds now. Two sides that add or remove the same element agree, so a set never conflicts.
    /// </summary>
    public static FieldVerdict<IReadOnlyList<T>> DecideSet<T>(IReadOnlyList<T> local, IReadOnlyList<T> agreed, IReadOnlyList<T> remote)
        where T : notnull
    {
        var here = local.ToHashSet();
        var before = agreed.ToHashSet();
        var merged = remote.Where(element => here.Contains(element) || !before.Contains(element)).ToList();
        var held = merged.ToHashSet();
        merged.AddRange(local.Where(element => !before.Contains(element) && held.Add(element)));
        return held.SetEquals(remote)
            ? new FieldVerdict<IReadOnlyList<T>>.Agreed(remote)
            : new FieldVerdict<IReadOnlyList<T>>.Kept(merged, remote);
    }
}

/// <summary>An edit made here: the value both sides agreed on before it, and what was sent and is awaited, if anything.</summary>
public readonly record struct PendingField<T>(T Base, bool HasAwaited = false, T? Awaited = default);

/// <summary>What becomes of a field.</summary>
public abstract record FieldVerdict<T>
{
    private FieldVerdict()
    {
    }

    /// <summary>The field was clean: Shopify's value is ours.</summary>
    public sealed record Taken(T Local) : FieldVerdict<T>;

    /// <summary>Both sides hold the same: no longer pending.</summary>
    public sealed record Agreed(T Local) : FieldVerdict<T>;

    /// <summary>The edit stays pending, on this base.</summary>
    public sealed record Kept(T Local, T Base) : FieldVerdict<T>;

    /// <summary>Both sides changed it differently: a person or a rule decides.</summary>
    public sealed record Conflict(T Local, T Base, T Shopifys) : FieldVerdict<T>;
}
