using System.Text.Json;

namespace CowansDashboard.Sync.Pull;

/// <summary>The elements of a JSON array, each as its own bytes; null elements are left out.</summary>
public ref struct JsonElements
{
    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;

    public JsonElements(ReadOnlySpan<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json);
        if (!json.IsEmpty)
            _reader.Read();
    }

    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly JsonElements GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_json.IsEmpty)
            return false;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)_reader.TokenStartIndex;
            _reader.Skip();
            Current = _json[start..(int)_reader.BytesConsumed];
            if (_reader.TokenType != JsonTokenType.Null)
                return true;
        }
        return false;
    }
}
