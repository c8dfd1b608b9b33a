using System.Globalization;
using CowansDashboard.Shopify.Bulk;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// A bulk query's result on this machine. Files with parents and children are read twice, and a restart goes on in
/// the middle; what was downloaded before a crash is kept and the rest fetched. The name holds a key that only this
/// database knows, the read and the query: another's file is never continued, and half a file never read.
/// </summary>
public sealed class ResultFile(string folder, PullSlice slice)
{
    private readonly string _path = Path.Combine(folder,
        string.Create(CultureInfo.InvariantCulture, $"pull-{slice.FileKey:N}-{slice.Ticket}-{slice.Operation?.Split('/')[^1]}.jsonl"));

    /// <exception cref="FileNotFoundException">There is a result, but not on this machine.</exception>
    public Stream Open(long from)
    {
        // A query without results has no file. A file that is missing is something else: it must not pass for an empty shop.
        if (slice.Url is null)
            return Stream.Null;
        return new FileStream(_path, new FileStreamOptions { Options = FileOptions.SequentialScan, BufferSize = 1, Share = FileShare.ReadWrite | FileShare.Delete })
        {
            Position = from,
        };
    }

    public async Task Fetch(BulkDownload download, Func<CancellationToken, Task<string?>> freshUrl, Action<long> progress, CancellationToken cancel)
    {
        if (slice.Url is null || IsHere())
            return;
        MakeFolder();
        var part = _path + ".part";
        await using (var file = new FileStream(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read))
        {
            // Without a size nobody can say whether what is here is a beginning of it.
            if (slice.FileSize is not { } size || file.Length > size)
                file.SetLength(0);
            file.Position = file.Length;
            if (file.Length != slice.FileSize)
                await Download(file, download, freshUrl, progress, cancel);
            file.Flush(flushToDisk: true);
        }
        File.Move(part, _path, overwrite: true);
    }

    /// <summary>Removes it, and what earlier tries of the same slice have left.</summary>
    public void Delete()
    {
        if (!Directory.Exists(folder))
            return;
        foreach (var file in Directory.EnumerateFiles(folder, $"pull-{slice.FileKey:N}-*"))
            File.Delete(file);
    }

    private async Task Download(FileStream file, BulkDownload download, Func<CancellationToken, Task<string?>> freshUrl, Action<long> progress, CancellationToken cancel)
    {
        await using var result = download.Open(slice.Url!, slice.FileSize, file.Length, freshUrl);
        var buffer = new byte[1 << 18];
        while (await result.ReadAsync(buffer, cancel) is var read && read > 0)
        {
            await file.WriteAsync(buffer.AsMemory(0, read), cancel);
            progress(file.Position);
        }
    }

    private bool IsHere() => File.Exists(_path) && (slice.FileSize is not { } size || new FileInfo(_path).Length == size);

    // What a shop sells is nobody else's business on this machine.
    private void MakeFolder()
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
