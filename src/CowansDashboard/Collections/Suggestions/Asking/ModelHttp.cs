using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CowansDashboard.Collections.Suggestions.Asking;

/// <summary>What an endpoint said, with the tokens that it counted; or why there is nothing to read.</summary>
internal sealed record ModelReply(string? Text, string? Problem, long? TokensIn = null, long? TokensOut = null);

/// <summary>Speaks to an OpenAI-compatible endpoint: one request, one JSON answer of limited length within a limited time. What goes wrong is a sentence.</summary>
public sealed class ModelHttp : IDisposable
{
    // Shopify's longest answer is no measure here: what was asked for is some kilobytes.
    private const int LongestAnswer = 256 * 1024;
    private const int MostTokens = 4_000;

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        // The key is a header: a redirect would carry it to another host.
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectCallback = Connect,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public void Dispose() => _client.Dispose();

    internal async Task<ModelReply> Ask(ModelInHand asked, string system, string user, CancellationToken cancel)
    {
        var model = asked.Model;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(model.TimeoutSeconds));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, model.Completions)
            {
                Content = JsonContent.Create(new JsonObject
                {
                    ["model"] = model.Model,
                    ["messages"] = new JsonArray(Message("system", system), Message("user", user)),
                    ["response_format"] = new JsonObject { ["type"] = "json_object" },
                    ["max_tokens"] = MostTokens,
                    ["stream"] = false,
                }),
            };
            if (asked.Key is { } key)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (answer.StatusCode != HttpStatusCode.OK)
                return new(null, Refusal(answer, model));
            return await Body(answer.Content, limit.Token) is { } body ? Read(body) : new(null, $"The answer of {Host(model)} goes on beyond {LongestAnswer / 1024} kB and was not read to its end.");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(null, $"{Host(model)} did not answer within {model.TimeoutSeconds} s. Try again, or wait longer: Settings has the time.");
        }
        catch (Exception away) when (away is HttpRequestException or IOException)
        {
            return new(null, $"{Host(model)} cannot be reached: {away.Message}");
        }
        catch (FormatException)
        {
            return new(null, "The key holds characters that no key has. Type it again in Settings.");
        }
    }

    /// <summary>Whatever a name resolves to, the addresses at which clouds tell machines their secrets are not spoken to.</summary>
    private static async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancel);
        if (addresses.Any(IsLinkLocal))
            throw new HttpRequestException("this address belongs to the machine's own network and is not asked.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static bool IsLinkLocal(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.IsIPv6LinkLocal || plain.AddressFamily == AddressFamily.InterNetwork && plain.GetAddressBytes() is [169, 254, ..];
    }

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private static string Host(SuggestionModel model) => model.Completions.Authority;

    private static string Refusal(HttpResponseMessage answer, SuggestionModel model) => (int)answer.StatusCode switch
    {
        401 or 403 => model.HasKey ? $"{Host(model)} does not take the key. Type it again in Settings." : $"{Host(model)} asks for a key. Type it in Settings.",
        404 => $"{Host(model)} knows no model “{model.Model}” at this address. Settings has both.",
        429 => $"{Host(model)} takes no more requests now, or what was paid for is used up.{(Wait(answer) is { } wait ? $" Try again in {wait} s." : " Try again later.")}",
        >= 300 and < 400 => $"{Host(model)} answers from another address. Type that one in Settings.",
        >= 500 => $"{Host(model)} has a fault of its own ({(int)answer.StatusCode}). Try again later.",
        var status => $"{Host(model)} refused the request ({status}).",
    };

    private static int? Wait(HttpResponseMessage answer) => answer.Headers.RetryAfter?.Delta is { } delta ? (int)Math.Ceiling(delta.TotalSeconds) : null;

    /// <summary>Null when it is longer than anything that was asked for.</summary>
    private static async Task<byte[]?> Body(HttpContent content, CancellationToken cancel)
    {
        await using var stream = await content.ReadAsStreamAsync(cancel);
        var body = new byte[LongestAnswer + 1];
        var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancel);
        return length > LongestAnswer ? null : body[..length];
    }

    private static ModelReply Read(byte[] body)
    {
        try
        {
            using var read = JsonDocument.Parse(body);
            var usage = Property(read.RootElement, "usage");
            var (tokensIn, tokensOut) = (Number(usage, "prompt_tokens"), Number(usage, "completion_tokens"));
            if (Property(read.RootElement, "choices") is not { ValueKind: JsonValueKind.Array } choices || choices.GetArrayLength() == 0
                || Property(Property(choices[0], "message"), "content") is not { ValueKind: JsonValueKind.String } content)
                return new(null, "What came back is no answer of a chat: it has no message.", tokensIn, tokensOut);
            return Property(choices[0], "finish_reason") is { ValueKind: JsonValueKind.String } reason && reason.GetString() == "length"
                ? new(null, $"The answer was cut off after {MostTokens} tokens.", tokensIn, tokensOut)
                : new(content.GetString(), null, tokensIn, tokensOut);
        }
        catch (Exception rubbish) when (rubbish is JsonException or InvalidOperationException)
        {
            // Half an emoji is JSON, and no text.
            return new(null, "What came back is no JSON.");
        }
    }

    private static JsonElement? Property(JsonElement? of, string name) => of is { ValueKind: JsonValueKind.Object } given && given.TryGetProperty(name, out var value) ? value : null;

    private static long? Number(JsonElement? of, string name) => Property(of, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) && number >= 0 ? number : null;
}
