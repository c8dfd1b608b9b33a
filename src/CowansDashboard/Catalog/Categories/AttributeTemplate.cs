using System.Text.Json.Nodes;

namespace CowansDashboard.Catalog.Categories;

/// <summary>An attribute that counts for a category: what it takes, nothing for free text, and which category says so.</summary>
public sealed record InheritedAttribute(string Name, IReadOnlyList<string> Values, Category From);

/// <summary>The attributes that count for a category: those of all above it and its own; the nearest one that names an attribute decides.</summary>
public static class AttributeTemplate
{
    /// <param name="fromTheTop">The categories from the top down to the one that is asked for.</param>
    public static IReadOnlyList<InheritedAttribute> Of(IEnumerable<Category> fromTheTop)
    {
        var counting = new List<InheritedAttribute>();
        foreach (var category in fromTheTop)
        {
            foreach (var (name, values) in category.Attributes)
            {
                var known = counting.FindIndex(each => string.Equals(each.Name, name, StringComparison.OrdinalIgnoreCase));
                if (values is not JsonArray list)
                {
                    if (known >= 0)
                        counting.RemoveAt(known);
                    continue;
                }
                var attribute = new InheritedAttribute(name, [.. list.Select(each => each!.GetValue<string>())], category);
                if (known >= 0)
                    counting[known] = attribute;
                else
                    counting.Add(attribute);
            }
        }
        return counting;
    }
}
