using CowansDashboard.Catalog.Categories;
using CowansDashboard.Web.Components.Kit;

namespace CowansDashboard.Web.Components.Categories;

/// <summary>What a change of a category came to, for the page around it.</summary>
public sealed record CategoryNotice(string Said, long ChangeSetId, bool Gone = false);

/// <summary>How outcomes and counts are said.</summary>
internal static class CategoryWords
{
    public static string Why(CategoryOutcome outcome) => outcome switch
    {
        CategoryOutcome.Refused refused => refused.Sentence,
        CategoryOutcome.Stale => "Somebody changed it meanwhile. It is shown as it is now; try again.",
        CategoryOutcome.InUse => "Something lies in it: choose where that goes.",
        _ => "It is not there any more.",
    };

    public static string Inside(CategoryContents contents) =>
        $"{Figure.Count(contents.Products, "product")}, {Figure.Count(contents.Skus, "SKU")}{(contents.Below > 0 ? " with everything below" : "")}";

    /// <summary>"deleted with 2 below, 1 product uncategorised".</summary>
    public static string Deleted(CategoryContents contents, bool along)
    {
        var below = along && contents.Below > 0 ? $" with {Figure.Count(contents.Below)} below" : "";
        return $"deleted{below}{(along && contents.Products > 0 ? $", {Figure.Count(contents.Products, "product")} uncategorised" : "")}";
    }

    public static string Holds(CategoryContents contents)
    {
        string?[] parts = [contents.Below > 0 ? Figure.Count(contents.Below, "category", "categories") : null, contents.Products > 0 ? Figure.Count(contents.Products, "product") : null];
        return string.Join(" and ", parts.OfType<string>());
    }
}
