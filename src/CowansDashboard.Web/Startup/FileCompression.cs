using System.IO.Compression;
using Microsoft.AspNetCore.ResponseCompression;

namespace CowansDashboard.Web.Startup;

/// <summary>
/// Compresses style sheets and scripts of packages, which publishing leaves as they are (our own are compressed then).
/// Nothing else: pages and answers may hold secrets beside typed text, and compressing those together tells tales.
/// </summary>
public static class FileCompression
{
    public static IServiceCollection AddFileCompression(this IServiceCollection services) => services
        .Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Optimal)
        .AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = ["text/css", "text/javascript", "application/javascript"];
        });
}
