using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Sync.Reconcile;
using CowansDashboard.Web.Components.History;
using CowansDashboard.Web.Components.Kit;

namespace CowansDashboard.Web.Components.Drift;

/// <summary>What people read about a difference.</summary>
public static class DriftWords
{
    private const int Longest = 80;

    /// <summary>"Price", "Stock, Leith", "In collection", "Metafield care.wash".</summary>
    public static string Field(DriftRow row) => row.Entity switch
    {
        "collection member" => "In collection",
        "product publication" => "Published on",
        "inventory level" => $"{(row.Field is "available" or "added" or "removed" ? "Stock" : CatalogueFields.LabelOf(row.Entity, row.Field))}{Named(row)}",
        "metafield" => $"Metafield {row.About}{(row.Field is "value" or "added" or "removed" ? "" : $", {Label(row)}")}",
        "media" => row.Field is "added" or "removed" ? "Picture or video" : $"{Label(row)}, a picture",
        "product" when row.Field is "added" or "removed" => "The product",
        "product" => Label(row),
        _ when row.Field is "added" or "removed" => Noun(row.Entity),
        _ => $"{Label(row)}, {Noun(row.Entity).ToLowerInvariant()}{(row.About is { Length: > 0 } about ? $" {about}" : "")}",
    };

    public static string Theirs(DriftRow row) => row switch
    {
        { Entity: "collection member" or "product publication", Field: "added" } => row.About ?? "a member",
        { Entity: "collection member", Field: "removed" } => "not a member",
        { Entity: "product publication", Field: "removed" } => "not published",
        { Field: "removed" } => "deleted",
        { Field: "added", Theirs: null } => "there",
        _ => Value(row.Field, row.Theirs),
    };

    public static string Ours(DriftRow row) => row switch
    {
        { Entity: "collection member", Field: "added" } => "not a member",
        { Entity: "product publication", Field: "added" } => "not published",
        { Entity: "collection member" or "product publication", Field: "removed" } => row.About ?? "a member",
        { Field: "added" } => "not here",
        { Field: "removed", Ours: null } => "here",
        _ => Value(row.Field, row.Ours),
    };

    /// <summary>The product, or whatever it is about where there is none.</summary>
    public static string Subject(DriftRow row) => row.Product ?? (row.Entity is "product" or "collection" or "publication" or "location" ? row.About : null) ?? Noun(row.Entity);

    public static (Tone Tone, string Words) State(DriftRow row) => row.State switch
    {
        DriftState.Open => (Tone.Wait, "Differs"),
        DriftState.Repaired => (Tone.Ok, "Taken in"),
        DriftState.Kept => (Tone.Conflict, "Your edit was kept"),
        _ => (Tone.Neutral, "Agreed again"),
    };

    /// <summary>"Between 19:26 and 19:27": since when it differs, where Shopify tells no time.</summary>
    public static string Between(DriftRow row, DateTimeOffset now, TimeZoneInfo zone) =>
        row.EqualAt is { } equal && equal <= row.FoundAt ? $"Between {When.Clock(equal, now, zone)} and {When.Clock(row.FoundAt, now, zone)}" : "Not known";

    /// <summary>What is read again when one difference is taken in, and what comes in with it.</summary>
    public static string GoesAlong(DriftRow row) => row is { Entity: "product", Field: "added" }
        ? "The new product is read whole, and the collections it is in with all their members."
        : $"{(row.IsOfCollection ? row.Product is null ? "The collection is read again with all its members" : "The product and the collection are read again, with all members" : row.Product is null ? "It is read again" : "The whole product is read again")}"
        + (row.Together > 1 ? $", and the {Figure.Count(row.Together)} differences of it come in together." : " and taken in.");

    public static string Group(DriftGroup group) => group.ToString();

    /// <summary>"2.2 million", "41,300": how many fields were compared.</summary>
    public static string Fields(long fields) => fields switch
    {
        >= 1_000_000 => $"{(fields / 1_000_000.0).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture)} million fields",
        _ => Figure.Count(fields, "field"),
    };

    private static string Named(DriftRow row) => row.About is { Length: > 0 } about ? $", {about}" : "";

    private static string Label(DriftRow row) => CatalogueFields.LabelOf(row.Entity, row.Field);

    private static string Noun(string entity) => entity switch
    {
        "inventory level" => "Stock",
        "publication" => "Sales channel",
        _ => char.ToUpperInvariant(entity[0]) + entity[1..],
    };

    private static string Value(string field, JsonNode? value)
    {
        var said = value is null ? "empty" : HistoryWords.Value(field, value);
        return said.Length == 0 ? "empty" : said.Length > Longest ? said[..Longest] + "…" : said;
    }
}
