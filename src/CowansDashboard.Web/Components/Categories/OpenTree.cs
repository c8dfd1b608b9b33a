using CowansDashboard.Catalog.Categories;

namespace CowansDashboard.Web.Components.Categories;

/// <summary>The part of a shop's tree that one tab has opened: levels are read as they are opened, some hundred categories at a time.</summary>
internal sealed class OpenTree(ReadCategories read, long storeId)
{
    private const int AtOnce = 200;
    private const long Top = 0;

    private readonly Dictionary<long, (List<CategoryNode> Nodes, bool More)> levels = [];
    private readonly HashSet<long> open = [];

    public IReadOnlyList<TreeRow> Rows { get; private set; } = [];

    public TreeRow? Row(long id) => Rows.FirstOrDefault(row => row.Id == id && row.Node is not null);

    public async Task Open(long id, CancellationToken cancel)
    {
        if (!levels.ContainsKey(id))
            levels[id] = await Level(id, AtOnce, cancel);
        open.Add(id);
        Draw();
    }

    public void Close(long id)
    {
        open.Remove(id);
        Draw();
    }

    public async Task More(long? parentId, CancellationToken cancel)
    {
        var id = parentId ?? Top;
        var (nodes, _) = levels[id];
        var next = await read.Children(storeId, parentId, nodes.Count, AtOnce + 1, cancel);
        levels[id] = ([.. nodes, .. next.Take(AtOnce)], next.Count > AtOnce);
        Draw();
    }

    /// <summary>Reads what is open anew, since others change it too.</summary>
    public async Task Load(CancellationToken cancel)
    {
        foreach (var id in levels.Keys.Append(Top).Distinct().ToList())
            if (id == Top || open.Contains(id))
                levels[id] = await Level(id, Math.Max(AtOnce, levels.TryGetValue(id, out var known) ? known.Nodes.Count : 0), cancel);
            else
                levels.Remove(id);
        Draw();
    }

    /// <summary>Opens everything above a category, so that it is in sight.</summary>
    public async Task Reveal(CategoryPath path, CancellationToken cancel)
    {
        foreach (var id in path.Ids.SkipLast(1))
            await Open(id, cancel);
        var wanted = path.Ids[^1];
        var parent = path.Level > 1 ? path.Ids[^2] : Top;
        while (levels.TryGetValue(parent, out var level) && level.More && level.Nodes.All(node => node.Category.Id != wanted))
            await More(parent == Top ? null : parent, cancel);
    }

    private async Task<(List<CategoryNode> Nodes, bool More)> Level(long id, int size, CancellationToken cancel)
    {
        var nodes = await read.Children(storeId, id == Top ? null : id, 0, size + 1, cancel);
        return ([.. nodes.Take(size)], nodes.Count > size);
    }

    private void Draw()
    {
        var rows = new List<TreeRow>();
        Draw(rows, Top, 1, 0);
        Rows = rows;
    }

    private void Draw(List<TreeRow> rows, long parent, int level, long siblings)
    {
        if (!levels.TryGetValue(parent, out var shown))
            return;
        long? parentId = parent == Top ? null : parent;
        var of = (int)Math.Max(siblings, shown.Nodes.Count);
        foreach (var (place, node) in shown.Nodes.Index())
        {
            var isOpen = node.Children > 0 && open.Contains(node.Category.Id) && levels.ContainsKey(node.Category.Id);
            rows.Add(new TreeRow(node, parentId, level, place + 1, of, isOpen));
            if (isOpen)
                Draw(rows, node.Category.Id, level + 1, node.Children);
        }
        if (shown.More)
            rows.Add(new TreeRow(null, parentId, level, shown.Nodes.Count + 1, of, false));
    }
}
