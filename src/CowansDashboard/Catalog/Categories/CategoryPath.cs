using System.Globalization;

namespace CowansDashboard.Catalog.Categories;

/// <summary>
/// Where a category lies: the ids from the top down to itself, as /12/40/. Names are no part of it, so that a new name
/// changes one row.
/// </summary>
public readonly record struct CategoryPath(string Text)
{
    /// <summary>An index holds no path of more levels than about three times this.</summary>
    public const int MostLevels = 200;

    /// <summary>The place above the first level.</summary>
    public static CategoryPath Top { get; } = new("/");

    public IReadOnlyList<long> Ids => [.. Text.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(id => long.Parse(id, CultureInfo.InvariantCulture))];

    /// <summary>1 for a category at the top, 0 for the place above.</summary>
    public int Level => Text.Count(each => each == '/') - 1;

    /// <summary>The category itself and everything below it lie from <see cref="Text"/> to before this, compared byte by byte.</summary>
    public string End => Text[..^1] + "0";

    public CategoryPath Child(long id) => new(string.Create(CultureInfo.InvariantCulture, $"{Text}{id}/"));

    /// <summary>The other one is this category or lies below it.</summary>
    public bool Holds(CategoryPath other) => other.Text.StartsWith(Text, StringComparison.Ordinal);

    /// <summary>Where this category lies once <paramref name="from"/>, which holds it, lies at <paramref name="to"/>.</summary>
    public CategoryPath Moved(CategoryPath from, CategoryPath to) =>
        from.Holds(this) ? new(to.Text + Text[from.Text.Length..]) : throw new ArgumentException($"{Text} does not lie in {from.Text}.", nameof(from));

    public override string ToString() => Text;
}
