using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace CowansDashboard.Runs.Progress;

/// <summary>
/// What nodes tell each other: a snapshot (compressed when long, since PostgreSQL carries under 8,000 bytes) or that
/// a run's row changed. The life of the sender lets it skip its own words.
/// </summary>
internal static class RunMessage
{
    public const string Channel = "cowan_runs";

    private const int Longest = 7_900;
    private const int LongText = 200;

    public static string Of(int life, RunSnapshot snapshot)
    {
        var json = JsonSerializer.Serialize(snapshot, RunJson.Default.RunSnapshot);
        var plain = $"s:{life}:{json}";
        if (Encoding.UTF8.GetByteCount(plain) <= Longest)
            return plain;
        var packed = $"z:{life}:{Convert.ToBase64String(Pack(json))}";
        return packed.Length <= Longest ? packed : Of(life, Shorter(snapshot));
    }

    public static (int Life, RunSnapshot Snapshot)? ReadSnapshot(string message)
    {
        if (message is not ['s' or 'z', ':', .. var rest] || rest.Split(':', 2) is not [var life, var body])
            return null;
        var json = message[0] == 's' ? body : Unpack(Convert.FromBase64String(body));
        return (int.Parse(life, CultureInfo.InvariantCulture), JsonSerializer.Deserialize(json, RunJson.Default.RunSnapshot)!);
    }

    public static long? ReadChanged(string message) =>
        message is ['c', ':', .. var id] ? long.Parse(id, CultureInfo.InvariantCulture) : null;

    // Cut until it fits, long texts first, then streams from the end; the row holds the whole.
    private static RunSnapshot Shorter(RunSnapshot whole)
    {
        var cut = whole with
        {
            Error = Cut(whole.Error),
            Reason = Cut(whole.Reason),
            WaitingFor = Cut(whole.WaitingFor),
            AskedBy = whole.AskedBy with { Name = Cut(whole.AskedBy.Name)! },
            Streams = [.. whole.Streams.Select(stream => stream with { Name = Cut(stream.Name)!, How = Cut(stream.How)!, Stage = Cut(stream.Stage) })],
        };
        return cut.Error == whole.Error && cut.Reason == whole.Reason && cut.WaitingFor == whole.WaitingFor
            && cut.AskedBy == whole.AskedBy && cut.Streams.SequenceEqual(whole.Streams)
            ? whole with { Streams = [.. whole.Streams.Take(whole.Streams.Count / 2)] }
            : cut;
    }

    private static string? Cut(string? text) => text?.Length > LongText ? text[..(LongText - 1)] + "…" : text;

    private static byte[] Pack(string json)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(json));
        return packed.ToArray();
    }

    private static string Unpack(byte[] packed)
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(packed), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }
}
