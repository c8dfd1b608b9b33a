using CowansDashboard.Catalog.Sheets;

namespace CowansDashboard.Web.Components.Products.Sheets;

/// <summary>The categories that one spreadsheet has met: their names by id, and their ids by what people type.</summary>
public sealed class SheetCategories(NameCategories name)
{
    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<string, string> _ids = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _asked = new(StringComparer.OrdinalIgnoreCase);

    public string? NameOf(string id) => _names.GetValueOrDefault(id);

    /// <summary>The id that a typed id or full name stands for; null when no category of the copy is called so.</summary>
    public string? IdOf(string typed) => _ids.GetValueOrDefault(typed.Trim());

    /// <summary>Asks the copy for those that were never asked for.</summary>
    public async Task Learn(IEnumerable<string> idsOrNames, CancellationToken cancel)
    {
        string[] unknown = [.. idsOrNames.Select(each => each.Trim()).Where(each => each.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Where(each => !_asked.Contains(each))];
        foreach (var found in await name.Name(unknown, cancel))
        {
            _names[found.Id] = found.FullName;
            _ids[found.Id] = found.Id;
            _ids[found.FullName] = found.Id;
        }
        _asked.UnionWith(unknown);
    }
}
