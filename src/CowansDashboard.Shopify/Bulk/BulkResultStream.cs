using System.Net;
using System.Net.Http.Headers;
using CowansDashboard.Shopify.Errors;

namespace CowansDashboard.Shopify.Bulk;

/// <summary>
/// The bytes of a bulk result, from first to last. A cut connection is taken up where it broke (HTTP Range); an expired address is
/// replaced; the end counts only at the size Shopify named.
/// </summary>
public sealed class BulkResultStream : Stream
{
    private readonly HttpClient http;
    private readonly TimeProvider clock;
    private readonly BulkOptions options;
    private readonly long? fileSize;
    private readonly Func<CancellationToken, Task<string?>>? freshUrl;
    private string url;
    private long position;
    private int fruitless;
    private bool urlIsFresh;
    private HttpResponseMessage? response;
    private Stream? body;

    internal BulkResultStream(
        HttpClient http, TimeProvider clock, BulkOptions options, string url, long? fileSize, long from, Func<CancellationToken, Task<string?>>? freshUrl)
    {
        this.http = http;
        this.clock = clock;
        this.options = options;
        this.url = url;
        this.fileSize = fileSize;
        this.freshUrl = freshUrl;
        position = from;
    }

    /// <summary>How often the download was taken up anew.</summary>
    public int Resumed { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => fileSize ?? throw new NotSupportedException("The size of this result is not known.");

    /// <summary>The byte that comes next.</summary>
    public override long Position
    {
        get => position;
        set => throw new NotSupportedException("Open the result again at another byte.");
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (true)
        {
            if (position == fileSize)
            {
                return 0;
            }

            var lost = "the connection ended early.";
            try
            {
                using var deadline = new CancellationTokenSource(options.ReadTimeout, clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
                body ??= await Connect(either.Token);
                var read = body is null ? 0 : await body.ReadAsync(buffer, either.Token);
                if (read > 0)
                {
                    return Took(read);
                }

                if (body is not null && fileSize is null)
                {
                    return 0;
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                lost = $"no byte within {options.ReadTimeout.TotalSeconds:0.#} s.";
            }
            catch (Exception broken) when (broken is IOException or HttpRequestException)
            {
                lost = broken.Message;
            }

            await Resume(lost, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Not offered: reading waits for the network.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read this stream asynchronously.");

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Disconnect();
        }

        base.Dispose(disposing);
    }

    private int Took(int read)
    {
        position += read;
        fruitless = 0;
        urlIsFresh = false;
        return position <= fileSize || fileSize is null
            ? read
            : throw new ShopifyFaultException(new ShopifyFault.Unreadable($"the file is longer than the {fileSize} bytes that Shopify named."));
    }

    /// <summary>Asks for the rest; null when the address has expired and was replaced.</summary>
    private async Task<Stream?> Connect(CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (position > 0)
        {
            request.Headers.Range = new RangeHeaderValue(position, null);
        }

        // Compression would make byte positions meaningless.
        request.Headers.AcceptEncoding.ParseAdd("identity");
        response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        switch (response.StatusCode)
        {
            case HttpStatusCode.PartialContent when response.Content.Headers.ContentRange?.From == position:
                return await response.Content.ReadAsStreamAsync(cancel);
            case HttpStatusCode.OK:
                var whole = await response.Content.ReadAsStreamAsync(cancel);
                await Skip(whole, position, cancel);
                return whole;
            case HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Gone:
                await Replace(response.StatusCode, cancel);
                return null;
            case var status when (int)status >= 500 || status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout:
                throw new HttpRequestException($"status {(int)status}", null, status);
            case var status:
                throw new ShopifyFaultException(new ShopifyFault.Http(status, null, "the result of a bulk operation"));
        }
    }

    private async Task Replace(HttpStatusCode refused, CancellationToken cancel)
    {
        Disconnect();
        if (urlIsFresh || freshUrl is null || await freshUrl(cancel) is not { } fresh)
        {
            throw new ShopifyFaultException(new ShopifyFault.Http(refused, null, "the result of a bulk operation"));
        }

        url = fresh;
        urlIsFresh = true;
    }

    private async Task Resume(string lost, CancellationToken cancel)
    {
        Disconnect();
        if (urlIsFresh && fruitless == 0)
        {
            fruitless++;
            return;
        }

        if (++fruitless > options.ResumesWithoutProgress)
        {
            throw new ShopifyFaultException(new ShopifyFault.Unreachable(
                $"the result of a bulk operation stops at byte {position} of {fileSize}: {lost}", Sent: true));
        }

        Resumed++;
        await Task.Delay(options.ResumeWait * Math.Pow(2, fruitless - 1), clock, cancel);
    }

    // A server without ranges sends everything again; what we have is read over.
    private static async Task Skip(Stream whole, long bytes, CancellationToken cancel)
    {
        var waste = new byte[81_920];
        while (bytes > 0)
        {
            var read = await whole.ReadAsync(waste.AsMemory(0, (int)Math.Min(bytes, waste.Length)), cancel);
            if (read == 0)
            {
                throw new IOException("the file became shorter.");
            }

            bytes -= read;
        }
    }

    private void Disconnect()
    {
        body?.Dispose();
        body = null;
        response?.Dispose();
        response = null;
    }
}
