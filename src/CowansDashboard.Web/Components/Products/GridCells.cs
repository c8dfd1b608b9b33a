using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using CowansDashboard.Search;
using CowansDashboard.Web.Components.Kit;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.Products;

/// <summary>
/// The cells of a row as one piece of markup. As components they would cost three times as much of the socket, and a
/// page of fifty rows is sent at every step. Every value goes through the encoder.
/// </summary>
public sealed class GridCells(IReadOnlyList<GridColumn> columns, string currency, TimeZoneInfo? zone, DateTimeOffset now, long mostStock)
{
    // Letters of all scripts as they are: entities would be six times their size.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static string Css(GridColumn column) => $"c-{column.Name}{(column.Number ? " num" : "")}{(column == GridColumn.Sync ? "" : " only-wide")}";

    public MarkupString Of(ProductRow row)
    {
        var html = new StringBuilder(1_024);
        html.Append("<td class=\"prod\"><span class=\"row\">").Append(Picture(row.ThumbnailUrl))
            .Append("<span class=\"names\"><a class=\"product ell\" dir=\"auto\" href=\"").Append(ProductPagePath.Of(row.Id)).Append("\">").Append(Text(row.Title))
            .Append("</a><span class=\"small dim ell\"><bdi>").Append(Text(row.Vendor)).Append("</bdi><span class=\"only-phone\"> · ")
            .Append(Text(ProductWords.Price(row.MinPrice, row.MaxPrice, currency))).Append("</span></span></span></span></td>");
        foreach (var column in columns)
            html.Append("<td class=\"").Append(Css(column)).Append("\">").Append(Cell(column, row)).Append("</td>");
        return new(html.ToString());
    }

    private string Cell(GridColumn column, ProductRow row) => column.Name switch
    {
        "sync" => Sync(row.Sync),
        "status" => Span(row.Status == "ACTIVE" ? "dim" : "strong", ProductWords.Status(row.Status)),
        "vendor" => Span("dim", row.Vendor),
        "type" => Span("dim", row.ProductType),
        "own-category" => $"<span class=\"dim ell tags\" dir=\"auto\" title=\"{Text(row.OwnCategory ?? "")}\">{Text(row.OwnCategory ?? "")}</span>",
        "tags" => $"<span class=\"dim ell tags\" title=\"{Text(string.Join(", ", row.Tags))}\">{Text(string.Join(", ", row.Tags.Take(3)) + (row.Tags.Count > 3 ? $" +{row.Tags.Count - 3}" : ""))}</span>",
        "variants" => Figure.Count(row.Variants),
        "price" => Text(ProductWords.Price(row.MinPrice, row.MaxPrice, currency)),
        "stock" => Stock(row.Stock),
        _ => $"<time class=\"dim\" datetime=\"{row.UpdatedAt.UtcDateTime:O}\" title=\"{Text(When.Exact(row.UpdatedAt, zone))}\">{Text(When.Age(row.UpdatedAt, now, zone))}</time>",
    };

    private static string Picture(string? url) => Pictures.Sized(url, 72) is { } source
        ? $"<img class=\"thumb\" src=\"{Text(source)}\" alt=\"\" width=\"36\" height=\"36\" loading=\"lazy\">"
        : $"<span class=\"thumb nopic\" title=\"No picture\">{Icon("image")}</span>";

    private static string Sync(SyncState state)
    {
        var (tone, icon, word) = ProductWords.Sync(state);
        return $"<span class=\"st {tone.Css()}\">{Icon(icon ?? tone.Icon())}{Text(word)}</span>";
    }

    // A logarithm keeps a shop's few large stocks from flattening all others.
    private string Stock(long? stock) => stock switch
    {
        null => "<span class=\"faint\" title=\"Shopify does not track its stock\">Not tracked</span>",
        <= 0 => $"<span class=\"stock low\"><span class=\"none\">{(stock == 0 ? "None" : Figure.Count(stock.Value))}</span><i style=\"--v:0%\"></i></span>",
        { } some => string.Create(CultureInfo.InvariantCulture,
            $"<span class=\"stock{(some < 10 ? " low" : "")}\">{Figure.Count(some)}<i style=\"--v:{Math.Round(100 * Math.Log(1 + some) / Math.Log(1 + Math.Max(mostStock, some)))}%\"></i></span>"),
    };

    private static string Span(string css, string text) => $"<span class=\"{css}\" dir=\"auto\">{Text(text)}</span>";

    private static string Icon(string name) => $"<svg class=\"i i-s\" viewBox=\"0 0 24 24\" aria-hidden=\"true\">{Icons.Path(name)}</svg>";

    private static string Text(string text) => Encoder.Encode(text);
}
