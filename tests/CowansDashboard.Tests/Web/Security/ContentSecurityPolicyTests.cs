using CowansDashboard.Web.Security;

namespace CowansDashboard.Tests.Web.Security;

public sealed class ContentSecurityPolicyTests
{
    static Dictionary<string, string[]> Policy(params string[] hosts) =>
        ContentSecurityPolicy.Of(hosts.Select(host => new Uri(host))).Value.Split("; ").Select(part => part.Split(' ')).ToDictionary(part => part[0], part => part[1..]);

    [Fact]
    public void Scripts_come_from_here_and_never_from_the_page_itself() => Policy()["script-src"].ShouldBe(["'self'"]);

    [Fact]
    public void Nobody_may_frame_a_page_or_move_its_base()
    {
        Policy()["frame-ancestors"].ShouldBe(["'none'"]);
        Policy()["object-src"].ShouldBe(["'none'"]);
        Policy()["base-uri"].ShouldBe(["'self'"]);
        Policy()["form-action"].ShouldBe(["'self'"]);
    }

    [Fact]
    public void Pictures_come_from_the_hosts_of_all_shops()
    {
        Policy()["img-src"].ShouldBe(["'self'", "data:", "blob:", "https://cdn.shopify.com"]);
        Policy("http://127.0.0.1:4600/admin/api", "http://127.0.0.1:4600", "https://shop.example:8443")["img-src"][4..].ShouldBe(["http://127.0.0.1:4600", "https://shop.example:8443"]);
    }
}
