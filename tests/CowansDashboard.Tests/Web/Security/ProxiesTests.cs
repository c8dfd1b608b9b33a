using System.Net;
using CowansDashboard.Data;
using CowansDashboard.Tests.Support;
using CowansDashboard.Web.Security;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;

namespace CowansDashboard.Tests.Web.Security;

public sealed class ProxiesTests
{
    [Fact]
    [Trait("Category", "Integration")]
    public async Task Only_a_named_proxy_is_believed_who_asks_and_over_what()
    {
        await using var app = await WebApp.Start(("Dashboard:Proxies", "10.0.0.5, 10.1.0.0/16"));

        var named = await Ask(app, "10.0.0.5");
        var behindAnother = await Ask(app, "10.1.2.3", "203.0.113.9, 10.0.0.5");
        var stranger = await Ask(app, "10.2.0.1");

        (named.Connection.RemoteIpAddress, named.Request.IsHttps).ShouldBe((IPAddress.Parse("203.0.113.9"), true));
        behindAnother.Connection.RemoteIpAddress.ShouldBe(IPAddress.Parse("203.0.113.9"));
        (stranger.Connection.RemoteIpAddress, stranger.Request.IsHttps).ShouldBe((IPAddress.Parse("10.2.0.1"), false));
    }

    [Fact]
    [Trait("Category", "Integration")]
    public async Task Without_the_setting_nobody_is_believed()
    {
        await using var app = await WebApp.Start();

        var answer = await Ask(app, "127.0.0.1");

        (answer.Connection.RemoteIpAddress, answer.Request.IsHttps).ShouldBe((IPAddress.Loopback, false));
    }

    [Theory]
    [InlineData("proxy.internal")]
    [InlineData("10.0.0.5/8/8")]
    [InlineData("10.0.0.5, 300.1.1.1")]
    public void What_is_no_address_stops_the_start(string typed)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Dashboard:Proxies", typed)]).Build();

        Should.Throw<WrongSettingException>(() => Proxies.From(settings)).Message.ShouldStartWith("Dashboard__Proxies holds “");
    }

    private static Task<HttpContext> Ask(WebApp app, string from, string forwardedFor = "203.0.113.9") =>
        ((TestServer)app.Get<IServer>()).SendAsync(context =>
        {
            context.Request.Method = "GET";
            context.Request.Path = "/health";
            context.Connection.RemoteIpAddress = IPAddress.Parse(from);
            context.Request.Headers["X-Forwarded-For"] = forwardedFor;
            context.Request.Headers["X-Forwarded-Proto"] = forwardedFor.Contains(',', StringComparison.Ordinal) ? "https, https" : "https";
        });
}
