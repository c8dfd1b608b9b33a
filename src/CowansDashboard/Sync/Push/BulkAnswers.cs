using System.Text.Json;
using CowansDashboard.Shopify.Bulk;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// What a bulk mutation answered, fetched to this machine: lines come in any order, and each is found by the number of the line
/// that it answers. Removed when nobody needs it any more.
/// </summary>
internal sealed class BulkAnswers : IDisposable
{
    private readonly FileStream _file;
    private readonly Dictionary<int, (long At, int Length)> _lines = [];

    private BulkAnswers(FileInfo disk) => _file = new FileStream(disk.FullName, new FileStreamOptions
    {
        Mode = FileMode.Create,
        Access = FileAccess.ReadWrite,
        Options = FileOptions.DeleteOnClose,
    });

    public static async Task<BulkAnswers> Fetch(Stream result, FileInfo disk, CancellationToken cancel)
    {
        var answers = new BulkAnswers(disk);
        try
        {
            using var lines = new JsonlReader(result);
            while (await lines.MoveNext(cancel))
                if (Number(lines.Line.Span) is { } number)
                {
                    answers._lines[number] = (answers._file.Position, lines.Line.Length);
                    await answers._file.WriteAsync(lines.Line, cancel);
                }
            await answers._file.FlushAsync(cancel);
            return answers;
        }
        catch
        {
            answers.Dispose();
            throw;
        }
    }

    /// <summary>The answer to a line of the file; null when Shopify has not given one. Several may ask at once.</summary>
    public BulkMutationLine? Of(int line)
    {
        if (!_lines.TryGetValue(line, out var place))
            return null;
        var bytes = new byte[place.Length];
        RandomAccess.Read(_file.SafeFileHandle, bytes, place.At);
        return BulkMutationLine.Read(bytes);
    }

    public void Dispose() => _file.Dispose();

    private static int? Number(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            int? number = null;
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            // To the end, which tells whether the line is whole: of one that was cut off the product is read again.
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isNumber = reader.ValueTextEquals("__lineNumber"u8);
                reader.Read();
                if (isNumber && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var told))
                    number = told;
                reader.Skip();
            }
            return number;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
