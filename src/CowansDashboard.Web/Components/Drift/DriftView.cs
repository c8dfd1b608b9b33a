using CowansDashboard.Search;
using CowansDashboard.Sync.Reconcile;

namespace CowansDashboard.Web.Components.Drift;

/// <summary>What the drift board lists, all of it in the address.</summary>
public sealed record DriftView(bool Found = false, DriftGroup? Group = null)
{
    public const string Path = "/drift";

    public static DriftView Read(string address)
    {
        var parameters = FilterText.Parameters(new Uri(address).Query).GroupBy(each => each.Key, StringComparer.Ordinal).ToDictionary(each => each.Key, each => each.Last().Value, StringComparer.Ordinal);
        return new(parameters.GetValueOrDefault("show") == "found", Enum.TryParse<DriftGroup>(parameters.GetValueOrDefault("what"), ignoreCase: true, out var group) && Enum.IsDefined(group) ? group : null);
    }

    public string ToUrl()
    {
        var query = string.Join('&', new[] { Found ? "show=found" : null, Group is { } group ? $"what={group.ToString().ToLowerInvariant()}" : null }.OfType<string>());
        return query.Length == 0 ? Path : $"{Path}?{query}";
    }
}
