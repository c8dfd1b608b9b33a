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

    /// <summary>SQL for the value by which a collection c of the store $1 is sorted, the type that its text is read back as, and what must be joined for it.</summary>
    internal (string Value, string Type, string Join) Sql => Key switch
    {
        // Counted for all of them at once: for each by itself costs a search per collection, twice where a page begins behind a row.
        CollectionSortKey.Products => ("coalesce(held.products, 0)", "bigint",
            " left join (select m.collection_id, count(*) as products from collection_members m where m.store_id = $1 and m.mark <> 2 group by 1) held on held.collection_id = c.id"),
        CollectionSortKey.Updated => (CollectionSql.Changed, "timestamptz", ""),
        _ => ("c.title collate \"und-x-icu\"", "text collate \"und-x-icu\"", ""),
    };
}
