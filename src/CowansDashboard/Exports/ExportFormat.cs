namespace CowansDashboard.Exports;

/// <summary>What a file of products looks like.</summary>
public enum ExportFormat
{
    /// <summary>The CSV that Shopify's admin writes and imports.</summary>
    ShopifyCsv,

    /// <summary>One row for each product or variant, with the chosen columns.</summary>
    Csv,

    /// <summary>The same as a workbook.</summary>
    Xlsx,

    /// <summary>One JSON object in each line: a product, with its variants.</summary>
    JsonLines,
}

/// <summary>Names of the formats: in addresses and tables, for people, and of the files.</summary>
public static class ExportFormats
{
    private static readonly (ExportFormat Format, string Name, string Label, string Extension, string ContentType)[] All =
    [
        (ExportFormat.ShopifyCsv, "shopify-csv", "CSV that Shopify imports", "csv", "text/csv; charset=utf-8"),
        (ExportFormat.Csv, "csv", "CSV", "csv", "text/csv; charset=utf-8"),
        (ExportFormat.Xlsx, "xlsx", "Excel workbook", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (ExportFormat.JsonLines, "json-lines", "JSON lines", "jsonl", "application/x-ndjson"),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(one => one.Name)];

    /// <returns>Null where there is no such format.</returns>
    public static ExportFormat? Of(string? name) => All.Where(one => one.Name == name).Select(one => (ExportFormat?)one.Format).FirstOrDefault();

    public static string Name(this ExportFormat format) => All[(int)format].Name;

    public static string Label(this ExportFormat format) => All[(int)format].Label;

    public static string Extension(this ExportFormat format) => All[(int)format].Extension;

    public static string ContentType(this ExportFormat format) => All[(int)format].ContentType;
}
