using System.Net;
using System.Net.Http.Headers;
using CowansDashboard.Shopify.Bulk;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Shopify;

/// <summary>What servers do that the demo store does not.</summary>
public sealed class BulkDownloadTests : IDisposable
{
    private static readonly byte[] File = [.. Enumerable.Range(0, 10_000).Select(n => (byte)(n % 251))];

    private readonly ScriptedHttp server = new();
    private readonly HttpClient http;

    public BulkDownloadTests() => http = new HttpClient(server, disposeHandler: false);

    public void Dispose()
    {
        http.Dispose();
        server.Dispose();
    }

    [Fact]
    public async Task A_server_without_ranges_sends_all_again_and_nothing_comes_twice()
    {
        server.Then(_ => Sends(new Cut(File, at: 4000))).Then(_ => Sends(new MemoryStream(File)));

        (await Read(File.Length)).ShouldBe(File);

        server.Requests[1].Message.Headers.Range!.ToString().ShouldBe("bytes=4000-");
    }

    [Fact]
    public async Task A_range_that_starts_elsewhere_is_not_taken()
    {
        server.Then(_ => Sends(new Cut(File, at: 4000)))
            .Then(_ =>
            {
                var wrong = Sends(new MemoryStream(File[5000..]), HttpStatusCode.PartialContent);
                wrong.Content.Headers.ContentRange = new ContentRangeHeaderValue(5000, 9999, 10_000);
                return wrong;
            });

        (await Should.ThrowAsync<ShopifyFaultException>(() => Read(File.Length))).Fault.ShouldBeOfType<ShopifyFault.Http>();
    }

    [Fact]
    public async Task A_file_longer_than_named_is_a_fault()
    {
        server.Then(_ => Sends(new MemoryStream(File)));

        (await Should.ThrowAsync<ShopifyFaultException>(() => Read(9_999))).Fault.ShouldBeOfType<ShopifyFault.Unreadable>();
    }

    [Fact]
    public async Task A_file_shorter_than_named_is_a_fault_in_the_end()
    {
        server.Then(request =>
        {
            var from = (int)(request.Headers.Range?.Ranges.Single().From ?? 0);
            var rest = Sends(new MemoryStream(File[from..]), from > 0 ? HttpStatusCode.PartialContent : HttpStatusCode.OK);
            rest.Content.Headers.ContentRange = from > 0 ? new ContentRangeHeaderValue(from, 10_000, 10_001) : null;
            return rest;
        });

        (await Should.ThrowAsync<ShopifyFaultException>(() => Read(10_001))).Message.ShouldContain("stops at byte 10000 of 10001");
    }

    [Fact]
    public async Task Where_no_size_is_known_the_end_is_the_end()
    {
        server.Then(_ => Sends(new MemoryStream(File)));

        (await Read(null)).ShouldBe(File);
    }

    [Fact]
    public async Task A_server_error_is_tried_again_and_no_token_is_sent_along()
    {
        server.Then(_ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)).Then(_ => Sends(new MemoryStream(File)));

        (await Read(File.Length)).ShouldBe(File);

        server.Requests.ShouldAllBe(request => !request.Message.Headers.Contains("X-Shopify-Access-Token"));
    }

    private async Task<byte[]> Read(long? size)
    {
        var download = new BulkDownload(http, TimeProvider.System, new BulkOptions { ResumeWait = TimeSpan.FromMilliseconds(1) });
        await using var result = download.Open("https://storage.example/result.jsonl", size);
        using var copy = new MemoryStream();
        await result.CopyToAsync(copy);
        return copy.ToArray();
    }

    private static HttpResponseMessage Sends(Stream body, HttpStatusCode status = HttpStatusCode.OK) => new(status) { Content = new StreamContent(body) };

    /// <summary>A connection that breaks at a byte.</summary>
    private sealed class Cut(byte[] bytes, int at) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var left = at - (int)Position;
            return left > 0
                ? base.ReadAsync(buffer[..Math.Min(buffer.Length, left)], cancellationToken)
                : throw new IOException("The connection was cut.");
        }
    }
}
