using System.Text.Json;

namespace CowansDashboard.Sync.Pull;

/// <summary>Writes a set of texts as text[], sorted by bytes and without duplicates or nulls: a set has no order.</summary>
public sealed class SortedTexts
{
    private const int TextType = 25;
    private readonly CopyBuffer _texts = new(1024);
    private readonly List<(int Start, int End)> _ranges = [];

    public void Write(ReadOnlySpan<byte> array, CopyBuffer row)
    {
        Collect(array);
        var field = row.BeginArray(TextType, _ranges.Count);
        foreach (var (start, end) in _ranges)
            row.Bytes(_texts.Span(0)[start..end]);
        row.EndField(field);
    }

    private void Collect(ReadOnlySpan<byte> array)
    {
        _texts.Clear();
        _ranges.Clear();
        if (array.IsEmpty || array[0] != '[')
            return;
        var reader = new Utf8JsonReader(array);
        reader.Read();
        var sorted = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                reader.Skip();
                continue;
            }
            var start = _texts.Length;
            if (reader.ValueIsEscaped)
                JsonText.Unescape(reader.ValueSpan, _texts);
            else
                _texts.Raw(reader.ValueSpan);
            var range = (start, _texts.Length);
            sorted &= _ranges.Count == 0 || Compare(_ranges[^1], range) < 0;
            _ranges.Add(range);
        }
        if (sorted)
            return;
        _ranges.Sort(Compare);
        for (var i = _ranges.Count - 1; i > 0; i--)
            if (Compare(_ranges[i - 1], _ranges[i]) == 0)
                _ranges.RemoveAt(i);
    }

    private int Compare((int Start, int End) left, (int Start, int End) right) =>
        _texts.Span(0)[left.Start..left.End].SequenceCompareTo(_texts.Span(0)[right.Start..right.End]);
}
