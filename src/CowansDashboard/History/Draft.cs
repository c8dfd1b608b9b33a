using System.Text.Json.Nodes;

namespace CowansDashboard.History;

/// <summary>What a person has typed and not saved, kept on the server. Subjects are product:123, new-product:guid, spreadsheet:guid.</summary>
public sealed record Draft(JsonNode Content, int? BasedOnVersion, DateTimeOffset UpdatedAt);

/// <summary>Whose draft, in which store, of what.</summary>
public sealed record DraftPlace(long AccountId, long StoreId, string Subject)
{
    public const int LongestSubject = 200;

    public const int LargestContent = 4_000_000;
}
