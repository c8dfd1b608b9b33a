using CowansDashboard.History;

namespace CowansDashboard.Sync.Push;

/// <summary>What sending a status means to people: a product goes, or comes back.</summary>
public static class PushMeaning
{
    public const string Restore = "restore";

    /// <summary>In words; null where a status is nothing but a status.</summary>
    public static string? Words(string? meaning) => meaning == Restore ? "Restored" : Removal.Parse(meaning)?.Words;
}
