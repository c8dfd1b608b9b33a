using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;
using CsvHelper;
using CsvHelper.Configuration;

namespace CowansDashboard.Exports;

/// <summary>Some products in one format: bytes that follow those of the products before. Pure, so that an interrupted export goes on with the next piece.</summary>
/// <param name="Rows">Lines or rows among them, without the head.</param>
/// <param name="TooLong">Cells that were left empty since a spreadsheet cannot hold them.</param>
public sealed record ExportPiece(byte[] Bytes, long Rows, long TooLong);

/// <summary>How a file is to be written.</summary>
/// <param name="Columns">In their order. Of Shopify's own CSV its metafields only: the other columns are given.</param>
public sealed record ExportLayout(ExportFormat Format, IReadOnlyList<ExportColumn> Columns)
{
    /// <summary>Shopify's CSV with the heads of before 2024.</summary>
    public bool OldNames { get; init; }

    /// <summary>Text that a spreadsheet would take for a formula begins with an apostrophe.</summary>
    public bool GuardsFormulas { get; init; }

    /// <summary>The shop that Shopify's CSV is of.</summary>
    public ShopifyCsvShop Shop { get; init; } = new(OnlyPlace: null);
}

/// <summary>Writes products in the formats of <see cref="ExportFormat"/>.</summary>
public sealed class ExportWriter(ExportLayout layout)
{
    /// <summary>Characters that a cell of a workbook holds.</summary>
    public const int LongestCell = 32_767;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    private static readonly CsvConfiguration Csv = new(CultureInfo.InvariantCulture) { NewLine = "\r\n" };

    private readonly IReadOnlyList<ShopifyCsvColumn> shopifys = layout.Format == ExportFormat.ShopifyCsv
        ? [.. ShopifyCsvColumns.All.Where(column => !layout.OldNames || column.Before is not null), .. layout.Columns.Select(column => ShopifyCsvColumns.Metafield(column.Head))]
        : [];

    private readonly bool rowsAreVariants = layout.Columns.Any(column => column.OfVariant);

    /// <summary>The heads of the columns.</summary>
    public IReadOnlyList<string> Heads => layout.Format == ExportFormat.ShopifyCsv
        ? [.. shopifys.Select(column => layout.OldNames ? column.Before! : column.Now)]
        : [.. layout.Columns.Select(column => column.Head)];

    /// <param name="products">Of this piece.</param>
    /// <param name="isFirst">Whether it begins the file: then with the head.</param>
    public ExportPiece Write(IReadOnlyList<ExportedProduct> products, bool isFirst) => layout.Format switch
    {
        ExportFormat.JsonLines => WriteLines(products),
        ExportFormat.Xlsx => WriteSheetRows(products, isFirst),
        _ => WriteCsv(products, isFirst),
    };

    private ExportPiece WriteCsv(IReadOnlyList<ExportedProduct> products, bool isFirst)
    {
        using var bytes = new MemoryStream();
        long rows = 0;
        // A spreadsheet takes a CSV for UTF-8 when it begins with the mark; Shopify needs none.
        using (var text = new StreamWriter(bytes, isFirst && layout.Format == ExportFormat.Csv ? new UTF8Encoding(true) : Utf8))
        using (var csv = new CsvWriter(text, Csv))
        {
            if (isFirst)
                Row(csv, Heads);
            foreach (var cells in layout.Format == ExportFormat.ShopifyCsv ? products.SelectMany(ShopifyRows) : products.SelectMany(Rows).Select(cells => cells.Select(Guarded)))
            {
                Row(csv, cells);
                rows++;
            }
        }
        return new(bytes.ToArray(), rows, 0);
    }

    private static void Row(CsvWriter csv, IEnumerable<string?> cells)
    {
        foreach (var cell in cells)
            csv.WriteField(cell);
        csv.NextRecord();
    }

    private IEnumerable<IEnumerable<string?>> ShopifyRows(ExportedProduct product) =>
        Enumerable.Range(0, ShopifyCsvColumns.Rows(product)).Select(row => shopifys.Select(column => column.Value(product, row, layout.Shop)));

    private IEnumerable<IEnumerable<object?>> Rows(ExportedProduct product) => rowsAreVariants
        ? product.Variants.Select(variant => layout.Columns.Select(column => column.Value(product, variant)))
        : [layout.Columns.Select(column => column.Value(product, null))];

    private ExportPiece WriteSheetRows(IReadOnlyList<ExportedProduct> products, bool isFirst)
    {
        using var bytes = new MemoryStream();
        long rows = 0, tooLong = 0;
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings { ConformanceLevel = ConformanceLevel.Fragment, Encoding = Utf8, OmitXmlDeclaration = true, NewLineHandling = NewLineHandling.Entitize }))
        {
            if (isFirst)
                Row(xml, Heads, ref tooLong);
            foreach (var cells in products.SelectMany(Rows))
            {
                Row(xml, cells, ref tooLong);
                rows++;
            }
        }
        return new(bytes.ToArray(), rows, tooLong);
    }

    private static void Row(XmlWriter xml, IEnumerable<object?> cells, ref long tooLong)
    {
        xml.WriteStartElement("row");
        foreach (var cell in cells)
        {
            xml.WriteStartElement("c");
            if (cell is decimal or long)
            {
                xml.WriteElementString("v", Text(cell));
            }
            else if (cell is bool flag)
            {
                xml.WriteAttributeString("t", "b");
                xml.WriteElementString("v", flag ? "1" : "0");
            }
            else if (Text(cell) is { Length: > 0 } text)
            {
                if (text.Length > LongestCell)
                    tooLong++;
                else
                    InlineText(xml, text);
            }
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    // As text and never as a number, a date or a formula, so that 00123 and =A1 stay what they are.
    private static void InlineText(XmlWriter xml, string text)
    {
        xml.WriteAttributeString("t", "inlineStr");
        xml.WriteStartElement("is");
        xml.WriteStartElement("t");
        xml.WriteAttributeString("xml", "space", null, "preserve");
        xml.WriteString(XmlText(text));
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    /// <summary>What XML cannot hold, such as a bell, as a workbook writes it: _x0007_.</summary>
    private static string XmlText(string text)
    {
        if (text.All(XmlConvert.IsXmlChar))
            return text;
        var clean = new StringBuilder(text.Length + 8);
        for (var i = 0; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i]))
                clean.Append(text[i]);
            else if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
                clean.Append(text[i]).Append(text[++i]);
            else
                clean.Append(CultureInfo.InvariantCulture, $"_x{(int)text[i]:X4}_");
        }
        return clean.ToString();
    }

    private ExportPiece WriteLines(IReadOnlyList<ExportedProduct> products)
    {
        using var bytes = new MemoryStream();
        foreach (var product in products)
        {
            using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                json.WriteStartObject();
                foreach (var column in layout.Columns.Where(column => !column.OfVariant))
                    Property(json, column.Key, column.Value(product, null));
                if (rowsAreVariants)
                {
                    json.WriteStartArray("variants");
                    foreach (var variant in product.Variants)
                    {
                        json.WriteStartObject();
                        foreach (var column in layout.Columns.Where(column => column.OfVariant))
                            Property(json, column.Key, column.Value(product, variant));
                        json.WriteEndObject();
                    }
                    json.WriteEndArray();
                }
                json.WriteEndObject();
            }
            bytes.WriteByte((byte)'\n');
        }
        return new(bytes.ToArray(), products.Count, 0);
    }

    // Money is text, as over REST: no reader rounds it.
    private static void Property(Utf8JsonWriter json, string key, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(key);
                break;
            case bool flag:
                json.WriteBoolean(key, flag);
                break;
            case long number:
                json.WriteNumber(key, number);
                break;
            case IReadOnlyList<string> texts:
                json.WriteStartArray(key);
                foreach (var text in texts)
                    json.WriteStringValue(text);
                json.WriteEndArray();
                break;
            default:
                json.WriteString(key, Text(value));
                break;
        }
    }

    // Numbers of ours begin no formula; what somebody typed may.
    private string? Guarded(object? value) =>
        Text(value) is { } text && layout.GuardsFormulas && value is string or IReadOnlyList<string> && FormulaGuard.Begins(text) ? FormulaGuard.Mark + text : Text(value);

    private static string? Text(object? value) => value switch
    {
        null => null,
        string text => text,
        decimal number => number.ToString("0.############", CultureInfo.InvariantCulture),
        long number => number.ToString(CultureInfo.InvariantCulture),
        bool flag => flag ? "TRUE" : "FALSE",
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        IReadOnlyList<string> texts => string.Join(", ", texts),
        _ => throw new ArgumentException($"A cell holds no {value.GetType().Name}.", nameof(value)),
    };
}
