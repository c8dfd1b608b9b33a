namespace CowansDashboard.Collections.Automatic;

/// <summary>What products have in common that gets a collection.</summary>
public enum GroupedBy
{
    ProductType,
    Vendor,
    Tag,

    /// <summary>A category of Shopify's taxonomy, with everything below it.</summary>
    Category,
}

/// <summary>When a type, vendor, tag or category gets a collection of its own, and what it is called.</summary>
/// <param name="By">What products have in common.</param>
/// <param name="NamePattern">The collection's title; {name} stands for what the products have in common.</param>
/// <param name="FewestProducts">So many active products it takes.</param>
/// <param name="FewestInStock">So many of them in stock.</param>
public sealed record AutomaticRule(GroupedBy By, string NamePattern, int FewestProducts, int FewestInStock)
{
    public const string Name = "{name}";
    public const int LongestPattern = 200;
    public const int MostProducts = 1_000_000;
    private const int MostLeftOut = 10_000;
    private const int MostPlaces = 250;

    /// <summary>Shopify takes no longer title.</summary>
    private const int LongestTitle = 255;

    /// <summary>Values of which nobody wants a collection, without regard to case.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Where new ones are published, by our ids of publications; nowhere means that nobody sees them yet.</summary>
    public IReadOnlyList<long> Publications { get; init; } = [];

    /// <summary>New ones are made each night.</summary>
    public bool IsKept { get; init; }

    /// <summary>What is made at night is sent to Shopify at once, within what one person may send.</summary>
    public bool Sends { get; init; }

    public static AutomaticRule Usual(GroupedBy by) => new(by, Name, 12, 5);

    /// <summary>The title of the collection of this name.</summary>
    public string TitleOf(string name) => NamePattern.Replace(Name, name, StringComparison.Ordinal).Trim() is { Length: > LongestTitle } tooLong
        ? $"{tooLong[..(char.IsHighSurrogate(tooLong[LongestTitle - 2]) ? LongestTitle - 2 : LongestTitle - 1)]}…"
        : NamePattern.Replace(Name, name, StringComparison.Ordinal).Trim();

    /// <summary>What is wrong with it, by field; null when nothing is.</summary>
    public (string Field, string Sentence)? Problem => this switch
    {
        { NamePattern.Length: > LongestPattern } => ("namePattern", $"The name has at most {LongestPattern} characters."),
        _ when NamePattern.Any(char.IsControl) => ("namePattern", "The name holds a sign that cannot be written."),
        _ when !NamePattern.Contains(Name, StringComparison.Ordinal) => ("namePattern", $"The name needs {Name}, which stands for the type, vendor, tag or category; else all of them would be called the same."),
        { FewestProducts: < 1 or > MostProducts } => ("fewestProducts", $"Products: a whole number from 1 to {MostProducts:N0}."),
        { FewestInStock: < 0 or > MostProducts } => ("fewestInStock", $"In stock: a whole number from 0 to {MostProducts:N0}."),
        { LeftOut.Count: > MostLeftOut } => ("leftOut", $"At most {MostLeftOut:N0} values can be left out."),
        { Publications.Count: > MostPlaces } => ("publications", $"At most {MostPlaces} places."),
        _ when LeftOut.Any(value => value is null or { Length: 0 or > 255 } || value.Any(char.IsControl)) => ("leftOut", "Each value left out has 1 to 255 characters."),
        _ => null,
    };

    /// <summary>As programs and the database call it.</summary>
    public static string Word(GroupedBy by) => by switch
    {
        GroupedBy.ProductType => "type",
        GroupedBy.Vendor => "vendor",
        GroupedBy.Tag => "tag",
        _ => "category",
    };

    public static GroupedBy? Of(string? word) => Enum.GetValues<GroupedBy>().Cast<GroupedBy?>().FirstOrDefault(by => Word(by!.Value) == word);
}
