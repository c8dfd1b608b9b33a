using System.Collections.Immutable;

namespace CowansDashboard.Collections;

public enum CollectionSortKey { Title, Products, Updated }

/// <summary>An order of the list of collections; ids break ties.</summary>
public sealed record CollectionSort(CollectionSortKey Key, bool Descending)
{
    public static readonly CollectionSort Default = new(CollectionSortKey.Title, false);

    private static readonly ImmutableArray<(CollectionSortKey Key, string Name)> Names =
        [(CollectionSortKey.Title, "title"), (CollectionSortKey.Products, "products"), (CollectionSortKey.Updated, "updated")];

    public static string Expected => "title, products or updated, with a minus before it for descending";

    public string Text => (Descending ? "-" : "") + Names.First(each => each.Key == Key).Name;

    public static CollectionSort? Read(string? text)
    {
        var name = text?.TrimStart('-');
        return Names.FirstOrDefault(each => each.Name == name) is { Name: not null } found ? new(found.Key, text!.StartsWith('-')) : null;
    }

    /// <summary>SQL for the value by which a collection c is sorted, and the type that its text is read back as.</summary>
    internal (string Value, string Type) Sql => Key switch
    {
        CollectionSortKey.Products => (CollectionSql.Products, "bigint"),
        CollectionSortKey.Updated => ("c.updated_at", "timestamptz"),
        _ => ("c.title collate \"und-x-icu\"", "text collate \"und-x-icu\""),
    };
}
