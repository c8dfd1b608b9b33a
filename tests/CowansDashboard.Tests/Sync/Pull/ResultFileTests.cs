using System.Net;
using System.Text;
using CowansDashboard.Shopify.Bulk;
using CowansDashboard.Sync;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Pull;

public sealed class ResultFileTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"result-file-{Guid.NewGuid():N}");

    [Fact]
    public async Task A_file_of_another_database_with_the_same_small_numbers_is_never_continued()
    {
        var theirs = Slice("THEIRS 0123456789");
        await Fetch(theirs, "THEIRS 0123456789");
        await File.WriteAllTextAsync(Directory.GetFiles(_folder).Single() + ".part", "THEIRS");
        var ours = Slice("ours: a longer result than theirs");

        await Fetch(ours, "ours: a longer result than theirs");

        Read(ours).ShouldBe("ours: a longer result than theirs");
        Read(theirs).ShouldBe("THEIRS 0123456789");
    }

    [Fact]
    public async Task What_came_before_a_crash_is_kept_and_the_rest_fetched()
    {
        const string Whole = "one two three four";
        var slice = Slice(Whole);
        await Should.ThrowAsync<IOException>(() => new ResultFile(_folder, slice).Fetch(Download(Whole), _ => Task.FromResult<string?>(null),
            _ => throw new IOException("no room"), default));
        var part = Directory.GetFiles(_folder).Single();
        part.ShouldEndWith(".part");
        await File.WriteAllTextAsync(part, Whole[..7]);
        Should.Throw<FileNotFoundException>(() => new ResultFile(_folder, slice).Open(0), "half a file is not to be read");

        var asked = await Fetch(slice, Whole);

        asked.ShouldBe("bytes=7-");
        Read(slice).ShouldBe(Whole);
        (await Fetch(slice, Whole)).ShouldBeNull("it is here already");
    }

    [Fact]
    public async Task A_result_without_a_size_is_fetched_from_its_beginning()
    {
        var slice = Slice("whatever it says");
        slice.FileSize = null;

        await Fetch(slice, "whatever it says");

        Read(slice).ShouldBe("whatever it says");
    }

    [Fact]
    public void A_missing_file_is_an_error_and_no_empty_shop()
    {
        var slice = Slice("something");
        Should.Throw<IOException>(() => new ResultFile(_folder, slice).Open(0));
        slice.Url = null;
        new ResultFile(_folder, slice).Open(0).Length.ShouldBe(0);
    }

    [Fact]
    public async Task Nobody_else_may_look_into_the_folder_and_nothing_stays_behind()
    {
        var slice = Slice("something");
        await Fetch(slice, "something");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(_folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        slice.Ticket++;
        await Fetch(slice, "something");

        new ResultFile(_folder, slice).Delete();

        Directory.GetFiles(_folder).ShouldBeEmpty();
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private static PullSlice Slice(string content) => new()
    {
        Id = 1,
        Kind = "products",
        FileKey = Guid.NewGuid(),
        Ticket = 2,
        Operation = "gid://shopify/BulkOperation/3",
        Url = "http://results.test/file",
        FileSize = content.Length,
        Status = SliceStatus.Completed,
    };

    private string Read(PullSlice slice)
    {
        using var reader = new StreamReader(new ResultFile(_folder, slice).Open(0));
        return reader.ReadToEnd();
    }

    /// <summary>The range that was asked for last; null when nothing was asked.</summary>
    private async Task<string?> Fetch(PullSlice slice, string content)
    {
        string? range = null;
        await new ResultFile(_folder, slice).Fetch(Download(content, asked => range = asked), _ => Task.FromResult<string?>(null), _ => { }, default);
        return range;
    }

    private static BulkDownload Download(string content, Action<string>? asked = null) => new(new HttpClient(new ScriptedHttp().Then(request =>
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var from = (int)(request.Headers.Range?.Ranges.Single().From ?? 0);
        asked?.Invoke(request.Headers.Range?.ToString() ?? "all");
        var answer = new HttpResponseMessage(from > 0 ? HttpStatusCode.PartialContent : HttpStatusCode.OK) { Content = new ByteArrayContent(bytes[from..]) };
        if (from > 0)
            answer.Content.Headers.ContentRange = new(from, bytes.Length - 1, bytes.Length);
        return answer;
    })), TimeProvider.System);
}
