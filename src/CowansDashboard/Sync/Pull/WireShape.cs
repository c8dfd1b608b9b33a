using System.Text;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// The fields that a reading wants of one wire node, as a tree: <c>id title seo{title description} options</c>.
/// Each leaf has a slot, in the order of writing; a field without braces that is an object or array is kept raw.
/// </summary>
public sealed class WireShape
{
    private readonly List<byte[]> _names = [];
    private readonly List<int> _slots = [];
    private readonly List<WireShape?> _children = [];
    private readonly Dictionary<string, int> _byPath;

    private WireShape(Dictionary<string, int> byPath) => _byPath = byPath;

    public int Slots => _byPath.Count;

    public static WireShape Of(string fields)
    {
        var byPath = new Dictionary<string, int>();
        var rest = fields.AsSpan();
        return Parse(ref rest, "", byPath);
    }

    /// <summary>The slot of a field by its path, such as <c>seo.title</c>.</summary>
    public int Slot(string path) => _byPath[path];

    internal int Fields => _names.Count;

    /// <summary>The index of a field. Shopify answers in the order of the query, so the one after the last is tried first.</summary>
    internal int Find(ref System.Text.Json.Utf8JsonReader reader, int expected)
    {
        for (var i = expected; i < _names.Count; i++)
            if (reader.ValueTextEquals(_names[i]))
                return i;
        for (var i = 0; i < expected; i++)
            if (reader.ValueTextEquals(_names[i]))
                return i;
        return -1;
    }

    internal int SlotAt(int field) => _slots[field];

    internal WireShape? ChildAt(int field) => _children[field];

    private static WireShape Parse(ref ReadOnlySpan<char> rest, string path, Dictionary<string, int> byPath)
    {
        var shape = new WireShape(byPath);
        while (true)
        {
            rest = rest.TrimStart();
            if (rest.IsEmpty)
                return shape;
            if (rest[0] == '}')
            {
                rest = rest[1..];
                return shape;
            }
            var end = rest.IndexOfAny(" {}");
            var name = (end < 0 ? rest : rest[..end]).ToString();
            rest = end < 0 ? default : rest[end..];
            shape._names.Add(Encoding.UTF8.GetBytes(name));
            if (rest.StartsWith("{"))
            {
                rest = rest[1..];
                shape._slots.Add(-1);
                shape._children.Add(Parse(ref rest, path + name + ".", byPath));
            }
            else
            {
                byPath.Add(path + name, byPath.Count);
                shape._slots.Add(byPath.Count - 1);
                shape._children.Add(null);
            }
        }
    }
}
