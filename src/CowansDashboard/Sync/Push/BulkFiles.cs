using System.Text;
using CowansDashboard.Shopify.Operations;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// The files of one round, one for each kind of call and cut where Shopify's limit is. Lines are written while products are still
/// looked at, so that no more than a look's products are held in memory; what each line is for is committed before it is uploaded.
/// </summary>
public sealed class BulkFiles(PushScope scope, SyncOptions options, DateTimeOffset lookedAt) : IAsyncDisposable
{
    private const long MostBytes = 90_000_000;

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Dictionary<string, WrittenFile> _written = [];
    private readonly List<WrittenFile> _full = [];

    /// <summary>Writes the lines of products whose intent is committed.</summary>
    public async Task Add(IReadOnlyList<PushProduct> products, CancellationToken cancel)
    {
        var calls = products.SelectMany(product => PushOperations.Of(product).Select(call => (product.ProductId, Call: call))).GroupBy(one => one.Call.Mutation);
        await _one.WaitAsync(cancel);
        try
        {
            foreach (var mutation in calls)
            {
                var file = await Of(mutation.Key, cancel);
                var lines = new List<PushLine>();
                foreach (var (product, call) in mutation)
                {
                    var text = Encoding.UTF8.GetBytes(call.Request.Variables.ToJsonString());
                    if (file.Lines > 0 && file.Bytes + text.Length >= MostBytes)
                    {
                        await PushFiles.Append(scope, file.Id, lines, cancel);
                        lines.Clear();
                        _full.Add(file);
                        _written.Remove(mutation.Key);
                        file = await Of(mutation.Key, cancel);
                    }
                    lines.Add(new PushLine(file.Lines, product, [.. call.Parts.Select(part => part.EntityId)]));
                    await file.Write(text, cancel);
                }
                await PushFiles.Append(scope, file.Id, lines, cancel);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The files, whole on disk and known to the database. Their ticket is newer than every look.</summary>
    public async Task<IReadOnlyList<PushFile>> Close(CancellationToken cancel)
    {
        var files = new List<PushFile>();
        var ticket = await scope.Ticket(cancel);
        foreach (var file in _full.Concat(_written.Values))
        {
            await file.DisposeAsync();
            files.Add(await PushFiles.Close(scope, file.Id, file.Mutation, file.Lines, ticket, lookedAt, cancel));
        }
        return files;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var file in _full.Concat(_written.Values))
            await file.DisposeAsync();
        _one.Dispose();
    }

    private async Task<WrittenFile> Of(string mutation, CancellationToken cancel)
    {
        if (_written.TryGetValue(mutation, out var known))
            return known;
        var id = await PushFiles.Begin(scope, mutation, lookedAt, cancel);
        return _written[mutation] = new WrittenFile(id, mutation, PushFile.OnDisk(options, scope.Run.StoreId, id));
    }

    private sealed class WrittenFile(long id, string mutation, FileInfo disk) : IAsyncDisposable
    {
        private readonly FileStream _to = disk.Create();

        public long Id => id;
        public string Mutation => mutation;
        public int Lines { get; private set; }
        public long Bytes { get; private set; }

        public async Task Write(byte[] line, CancellationToken cancel)
        {
            await _to.WriteAsync(line, cancel);
            _to.WriteByte((byte)'\n');
            Bytes += line.Length + 1;
            Lines++;
        }

        public ValueTask DisposeAsync() => _to.DisposeAsync();
    }
}
