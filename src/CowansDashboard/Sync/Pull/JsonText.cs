using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// JSON text as PostgreSQL can hold it. NUL characters, which no PostgreSQL text takes, are left out; halves of
/// surrogate pairs become U+FFFD: one odd title must not stop a pull.
/// </summary>
public static class JsonText
{
    /// <summary>Appends the text between two JSON quotes without its escapes.</summary>
    public static void Unescape(ReadOnlySpan<byte> escaped, CopyBuffer to)
    {
        while (true)
        {
            var slash = escaped.IndexOf((byte)'\\');
            if (slash < 0)
            {
                to.Raw(escaped);
                return;
            }
            to.Raw(escaped[..slash]);
            escaped = escaped[slash..];
            escaped = escaped[One(escaped, to)..];
        }
    }

    /// <summary>
    /// Appends any JSON value in one canonical spelling: no white space, keys sorted, text with as few escapes as
    /// possible. Two spellings of the same value must give one hash.
    /// </summary>
    public static void Canonical(ReadOnlySpan<byte> json, CopyBuffer to)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        Value(ref reader, json, to);
    }

    /// <summary>Appends text as a JSON string; <paramref name="escaped"/> is what stood between the quotes.</summary>
    public static void Quote(ReadOnlySpan<byte> escaped, CopyBuffer to)
    {
        to.Raw("\""u8);
        if (escaped.Contains((byte)'\\'))
            Requote(escaped, to);
        else
            to.Raw(escaped);
        to.Raw("\""u8);
    }

    private static void Requote(ReadOnlySpan<byte> escaped, CopyBuffer to)
    {
        var plain = new CopyBuffer(escaped.Length);
        Unescape(escaped, plain);
        foreach (var letter in plain.Span(0))
        {
            if (letter is (byte)'"' or (byte)'\\')
            {
                to.Raw("\\"u8);
                to.Raw([letter]);
            }
            else if (letter < 0x20)
            {
                to.Raw(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}")));
            }
            else
            {
                to.Raw([letter]);
            }
        }
    }

    private static void Value(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, CopyBuffer to)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                Object(ref reader, json, to);
                break;
            case JsonTokenType.StartArray:
                to.Raw("["u8);
                for (var first = true; reader.Read() && reader.TokenType != JsonTokenType.EndArray; first = false)
                {
                    if (!first)
                        to.Raw(","u8);
                    Value(ref reader, json, to);
                }
                to.Raw("]"u8);
                break;
            case JsonTokenType.String:
                Quote(reader.ValueSpan, to);
                break;
            default:
                to.Raw(reader.ValueSpan);
                break;
        }
    }

    private static void Object(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, CopyBuffer to)
    {
        var fields = new SortedDictionary<string, (int Start, int End)>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            fields[name] = (start, (int)reader.BytesConsumed);
        }

        to.Raw("{"u8);
        var first = true;
        foreach (var (name, range) in fields)
        {
            if (!first)
                to.Raw(","u8);
            first = false;
            to.Raw("\""u8);
            to.Raw(Encoding.UTF8.GetBytes(name));
            to.Raw("\":"u8);
            Canonical(json[range.Start..range.End], to);
        }
        to.Raw("}"u8);
    }

    private static int One(ReadOnlySpan<byte> escape, CopyBuffer to)
    {
        switch (escape[1])
        {
            case (byte)'u':
                return Unicode(escape, to);
            case (byte)'n':
                to.Raw("\n"u8);
                return 2;
            case (byte)'r':
                to.Raw("\r"u8);
                return 2;
            case (byte)'t':
                to.Raw("\t"u8);
                return 2;
            case (byte)'b':
                to.Raw("\b"u8);
                return 2;
            case (byte)'f':
                to.Raw("\f"u8);
                return 2;
            default:
                to.Raw(escape.Slice(1, 1));
                return 2;
        }
    }

    private static int Unicode(ReadOnlySpan<byte> escape, CopyBuffer to)
    {
        var first = Hex(escape);
        if (first == 0)
            return 6;
        if (char.IsHighSurrogate((char)first) && escape.Length >= 12 && escape[6] == '\\' && escape[7] == 'u'
            && char.IsLowSurrogate((char)Hex(escape[6..])))
        {
            Put(new Rune((char)first, (char)Hex(escape[6..])), to);
            return 12;
        }
        Put(Rune.TryCreate((char)first, out var rune) ? rune : Rune.ReplacementChar, to);
        return 6;
    }

    private static int Hex(ReadOnlySpan<byte> escape) =>
        Utf8Parser.TryParse(escape.Slice(2, 4), out int value, out _, 'x') ? value : 0xFFFD;

    private static void Put(Rune rune, CopyBuffer to) => to.Advance(rune.EncodeToUtf8(to.Room(4)));
}
