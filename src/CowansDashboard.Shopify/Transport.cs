using System.Text;
using CowansDashboard.Shopify.Errors;

namespace CowansDashboard.Shopify;

/// <summary>One HTTP exchange within a time limit; whatever the network does becomes an <see cref="ShopifyFault.Unreachable"/>.</summary>
internal static class Transport
{
    public static async Task<Answer> Send(
        HttpClient http, HttpRequestMessage request, TimeSpan timeout, TimeProvider clock, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        HttpResponseMessage? response = null;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var answer = new Answer(response, await response.Content.ReadAsByteArrayAsync(either.Token));
            response = null;
            return answer;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Lost($"no answer within {timeout.TotalSeconds:0.#} s.", sent: true, null);
        }
        catch (HttpRequestException lost)
        {
            throw Lost(lost.Message, sent: !NeverConnected(lost), lost);
        }
        catch (IOException lost)
        {
            throw Lost(lost.Message, sent: true, lost);
        }
        finally
        {
            response?.Dispose();
        }
    }

    private static ShopifyFaultException Lost(string reason, bool sent, Exception? inner) => new(new ShopifyFault.Unreachable(reason, sent), inner);

    private static bool NeverConnected(HttpRequestException lost) => lost.HttpRequestError
        is HttpRequestError.ConnectionError
        or HttpRequestError.NameResolutionError
        or HttpRequestError.SecureConnectionError
        or HttpRequestError.ProxyTunnelError;

    /// <summary>Status, headers and the whole body.</summary>
    public sealed record Answer(HttpResponseMessage Message, byte[] Body) : IDisposable
    {
        public string? Header(string name) => Message.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

        public string Excerpt() => Encoding.UTF8.GetString(Body, 0, Math.Min(Body.Length, 500));

        public void Dispose() => Message.Dispose();
    }
}
