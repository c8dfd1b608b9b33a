namespace CowansDashboard.Web.Components.Categories;

/// <summary>Where a lifted category would be put down: below which one, behind how many siblings; without a number last.</summary>
public sealed record LiftedPlace(long? ParentId, int? Index);

/// <summary>
/// A category that a person has lifted with the keyboard: up and down move it between the lines of the tree, left and right
/// out of and into the category above. Only places that make a tree can be reached.
/// </summary>
public sealed class LiftedCategory
{
    private readonly List<TreeRow> others;
    private int gap;
    private int level;

    public LiftedCategory(IReadOnlyList<TreeRow> rows, long id)
    {
        var at = rows.ToList().FindIndex(row => row.Id == id);
        Row = rows[at];
        var below = rows.Skip(at + 1).TakeWhile(row => row.Level > Row.Level).Count();
        others = [.. rows.Take(at), .. rows.Skip(at + 1 + below)];
        (gap, level) = (at, Row.Level);
    }

    public TreeRow Row { get; }

    /// <summary>The lines as they are drawn, the lifted one at its present place and without what lies below it.</summary>
    public IReadOnlyList<TreeRow> Rows => [.. others.Take(gap), Row with { Level = level, IsOpen = false }, .. others.Skip(gap)];

    public LiftedPlace Place
    {
        get
        {
            var above = Above;
            var parent = above < 0 ? null : others[above];
            if (parent is { IsOpen: false, Node.Children: > 0 })
                return new(parent.Id, null);
            return new(parent?.Id, others.Skip(above + 1).Take(gap - above - 1).Count(row => row.Node is not null && row.Level == level));
        }
    }

    /// <summary>Said to those who hear the page: the level, what it lies in, and its neighbours.</summary>
    public string Said
    {
        get
        {
            var before = others.Take(gap).Skip(Above + 1).LastOrDefault(row => row.Level == level && row.Node is not null);
            var behind = gap < others.Count && others[gap].Level == level ? others[gap] : null;
            string?[] parts =
            [
                $"{Row.Name}, level {level}", Above < 0 ? "at the top" : $"in {others[Above].Name}",
                before is null ? null : $"after {before.Name}", behind?.Node is null ? null : $"before {behind.Name}",
            ];
            return string.Join(", ", parts.OfType<string>()) + ".";
        }
    }

    public void Up() => Go(gap - 1);

    public void Down() => Go(gap + 1);

    public void Out() => level = Math.Max(Lowest, level - 1);

    public void In() => level = Math.Min(Highest, level + 1);

    private void Go(int to)
    {
        gap = Math.Clamp(to, 0, others.Count);
        level = Math.Clamp(level, Lowest, Highest);
    }

    private int Lowest => Math.Min(gap < others.Count ? others[gap].Level : 1, Highest);

    // Below the line above it, or beside that; beside a line that shows more.
    private int Highest => gap == 0 ? 1 : others[gap - 1].Level + (others[gap - 1].Node is null ? 0 : 1);

    private int Above => gap == 0 ? -1 : others.FindLastIndex(gap - 1, gap, row => row.Level == level - 1 && row.Node is not null);
}
