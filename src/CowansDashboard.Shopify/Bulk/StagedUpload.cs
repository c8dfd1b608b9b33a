using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;

namespace CowansDashboard.Shopify.Bulk;

/// <summary>Uploads the variables of a bulk mutation, one JSON object per line, to the place that Shopify names.</summary>
public sealed class StagedUpload(ShopifyAdmin admin, HttpClient http, BulkOptions? options = null)
{
    /// <summary>Shopify takes no larger file.</summary>
    public const long MostBytes = 100_000_000;

    private readonly BulkOptions options = options ?? new BulkOptions();

    /// <summary>Uploads a file and answers the path under which a bulk mutation finds it. A lost upload is begun anew at another place.</summary>
    /// <param name="file">The lines; at most <see cref="MostBytes"/>.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ShopifyFaultException">Shopify gives no place, or the place does not take the file.</exception>
    public async Task<string> Upload(FileInfo file, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(file.Length, MostBytes, nameof(file));
        for (var attempt = 1; ; attempt++)
        {
            var answer = await admin.Send(Mutations.StagedUploadsCreate([new JsonObject
            {
                ["resource"] = "BULK_MUTATION_VARIABLES",
                ["filename"] = file.Name,
                ["mimeType"] = "text/jsonl",
                ["httpMethod"] = "POST",
            }]), Lane.Background, cancel);
            if (answer.Accepted().Payload.StagedTargets is not [{ Url: { } url, Path: { } path } target, ..])
            {
                throw new ShopifyFaultException(new ShopifyFault.Unreadable("it names no place to upload to."));
            }

            try
            {
                await Post(url, target, file, cancel);
                return path;
            }
            catch (ShopifyFaultException lost) when (lost.Fault.CanRetry && attempt < options.UploadAttempts)
            {
                await Task.Delay(options.ResumeWait * Math.Pow(2, attempt - 1), admin.Clock, cancel);
            }
        }
    }

    private async Task Post(string url, Wire.StagedTarget target, FileInfo file, CancellationToken cancel)
    {
        using var form = new MultipartFormDataContent();
        foreach (var parameter in target.Parameters)
        {
            form.Add(new StringContent(parameter.Value) { Headers = { ContentType = null } }, $"\"{parameter.Name}\"");
        }

        // Storage reads the form in order and takes what comes after the file for nothing.
        await using var content = file.OpenRead();
        var part = new StreamContent(content);
        part.Headers.ContentType = new MediaTypeHeaderValue("text/jsonl");
        form.Add(part, "\"file\"", $"\"{file.Name}\"");
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = form };
        using var response = await Transport.Send(http, request, options.UploadTimeout, admin.Clock, cancel);
        if (!response.Message.IsSuccessStatusCode)
        {
            throw new ShopifyFaultException(new ShopifyFault.Http(response.Message.StatusCode, RetryAfter.Of(response.Message, admin.Clock), response.Excerpt()));
        }
    }
}
