using System.Globalization;

namespace CowansDashboard.Web.Components.Collections;

/// <summary>The address of a collection's page.</summary>
public static class CollectionPagePath
{
    public static string Of(long id) => string.Create(CultureInfo.InvariantCulture, $"{CollectionsState.Path}/{id}");
}
