namespace CowansDashboard.Search;

/// <summary>The full name of a category of the team's own tree, from the top down, as SQL.</summary>
internal static class OwnCategoryName
{
    /// <param name="path">SQL for the path of the category.</param>
    public static string Sql(string path) =>
        $"(select string_agg(n.name, ' › ' order by length(n.path)) from categories n where n.id = any (string_to_array(trim(both '/' from {path}), '/')::bigint[]))";
}
