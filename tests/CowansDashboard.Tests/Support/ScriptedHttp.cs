using System.Net;
using System.Text;

namespace CowansDashboard.Tests.Support;

/// <summary>Answers HTTP requests from a script, one entry per request; the last entry stays. Keeps what was asked.</summary>
public sealed class ScriptedHttp : HttpMessageHandler
{
    private readonly Lock gate = new();
    private readonly Queue<Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>> script = new();

    public List<(HttpRequestMessage Message, string Body)> Requests { get; } = [];

    public ScriptedHttp Then(Func<HttpRequestMessage, HttpResponseMessage> answer) => Then((request, _) => Task.FromResult(answer(request)));

    public ScriptedHttp Then(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer)
    {
        script.Enqueue(answer);
        return this;
    }

    public ScriptedHttp ThenJson(string json, HttpStatusCode status = HttpStatusCode.OK, params (string Name, string Value)[] headers) =>
        Then(_ => Json(json, status, headers));

    public ScriptedHttp ThenDrops() => Then(_ => throw new HttpRequestException(
        HttpRequestError.ResponseEnded, "The response ended prematurely.", new IOException("cut")));

    public static HttpResponseMessage Json(string json, HttpStatusCode status = HttpStatusCode.OK, params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer;
        lock (gate)
        {
            Requests.Add((request, body));
            answer = script.Count > 1 ? script.Dequeue() : script.Peek();
        }

        return await answer(request, cancellationToken);
    }
}
