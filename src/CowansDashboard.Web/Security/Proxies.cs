using System.Net;
using CowansDashboard.Data;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace CowansDashboard.Web.Security;

/// <summary>
/// The proxies whose word about the browser is taken: its address, and that it came over HTTPS. None unless
/// Dashboard__Proxies names them, since anybody can write these headers.
/// </summary>
public sealed record Proxies(IReadOnlyList<IPNetwork> Networks)
{
    private const string Setting = "Dashboard:Proxies";

    public static Proxies From(IConfiguration configuration) => new(
        [.. (configuration[Setting] ?? "").Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries).Select(Network)]);

    private static IPNetwork Network(string typed) =>
        IPNetwork.TryParse(typed, out var network) ? network
        : IPAddress.TryParse(typed, out var address) ? new(address, address.GetAddressBytes().Length * 8)
        : throw new WrongSettingException(
            $"Dashboard__Proxies holds “{typed}”, which is no address or network. Give the proxies with commas between them, such as 10.0.0.5, 10.1.0.0/16.");
}

public static class ProxiesRegistration
{
    public static IServiceCollection AddProxies(this IServiceCollection services, IConfiguration configuration)
    {
        var proxies = Proxies.From(configuration);
        services.AddSingleton(proxies);
        return services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            // As many as there are in a row; the first address that is no proxy of ours is the browser's.
            options.ForwardLimit = null;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var network in proxies.Networks)
                options.KnownIPNetworks.Add(network);
        });
    }

    /// <summary>Must come first, so that all that follows sees the browser's address.</summary>
    public static WebApplication UseProxies(this WebApplication app)
    {
        // With an empty list ASP.NET Core would believe everybody.
        if (app.Services.GetRequiredService<Proxies>().Networks.Count > 0)
            app.UseForwardedHeaders();
        return app;
    }
}
