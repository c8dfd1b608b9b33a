using System.Data;
using System.IO.Compression;
using System.Text;
using Npgsql;

namespace CowansDashboard.Exports;

/// <summary>Writes a ready file to whoever downloads it, piece by piece: a file of any size takes the memory of one piece.</summary>
public sealed class GiveOutExport(NpgsqlDataSource database)
{
    /// <summary>Rows that one sheet of a workbook holds; more go to further sheets.</summary>
    public const int RowsOfSheet = 1_048_576;

    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    public async Task Write(Export export, Stream to, CancellationToken cancel)
    {
        if (export.Format == ExportFormat.Xlsx)
            await WriteWorkbook(export, to, cancel);
        else
            await foreach (var piece in Pieces(export.Id, cancel))
                await to.WriteAsync(piece.Bytes, cancel);
    }

    private async IAsyncEnumerable<(byte[] Bytes, long Rows)> Pieces(long id, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand("select bytes, rows from export_pieces where export_id = $1 order by place", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancel);
        while (await reader.ReadAsync(cancel))
            yield return (reader.GetFieldValue<byte[]>(0), reader.GetInt64(1));
    }

    // The pieces are rows of a sheet; the parts around them are few, and written here so that nothing of the file is ever held as a whole.
    private async Task WriteWorkbook(Export export, Stream to, CancellationToken cancel)
    {
        await using var late = new LateWrites(to);
        await using (var zip = await ZipArchive.CreateAsync(late, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancel))
            await WriteParts(export, zip, cancel);
        await late.FlushAsync(cancel);
    }

    private async Task WriteParts(Export export, ZipArchive zip, CancellationToken cancel)
    {
        var sheets = 0;
        long rows = 0;
        Stream? sheet = null;
        await foreach (var piece in Pieces(export.Id, cancel))
        {
            if (sheet is null || rows + piece.Rows > RowsOfSheet)
            {
                await EndSheet(sheet, cancel);
                sheet = await BeginSheet(zip, ++sheets, cancel);
                rows = 1; // the head
            }
            await sheet.WriteAsync(piece.Bytes, cancel);
            rows += piece.Rows;
        }
        await EndSheet(sheet, cancel);
        var numbers = Enumerable.Range(1, sheets).ToList();
        await Part(zip, "[Content_Types].xml", $"""
            <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{string.Concat(numbers.Select(n => $"""<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"""))}</Types>
            """, cancel);
        await Part(zip, "_rels/.rels", $"""
            <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{Relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>
            """, cancel);
        await Part(zip, "xl/workbook.xml", $"""
            <workbook xmlns="{Main}" xmlns:r="{Relations}"><sheets>{string.Concat(numbers.Select(n => $"""<sheet name="Products{(n == 1 ? "" : $" {n}")}" sheetId="{n}" r:id="rId{n}"/>"""))}</sheets></workbook>
            """, cancel);
        await Part(zip, "xl/_rels/workbook.xml.rels", $"""
            <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{string.Concat(numbers.Select(n => $"""<Relationship Id="rId{n}" Type="{Relations}/worksheet" Target="worksheets/sheet{n}.xml"/>"""))}</Relationships>
            """, cancel);
    }

    private static async Task<Stream> BeginSheet(ZipArchive zip, int number, CancellationToken cancel)
    {
        var sheet = await zip.CreateEntry($"xl/worksheets/sheet{number}.xml", CompressionLevel.Fastest).OpenAsync(cancel);
        // The head stays in view while the rest is scrolled.
        await sheet.WriteAsync(Encoding.UTF8.GetBytes($"""
            <?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{Main}">{(number == 1 ? """<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>""" : "")}<sheetData>
            """), cancel);
        return sheet;
    }

    private static async Task EndSheet(Stream? sheet, CancellationToken cancel)
    {
        if (sheet is null)
            return;
        await sheet.WriteAsync("</sheetData></worksheet>"u8.ToArray(), cancel);
        await sheet.DisposeAsync();
    }

    private static async Task Part(ZipArchive zip, string name, string xml, CancellationToken cancel)
    {
        await using var part = await zip.CreateEntry(name).OpenAsync(cancel);
        await part.WriteAsync(Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>" + xml), cancel);
    }
}
