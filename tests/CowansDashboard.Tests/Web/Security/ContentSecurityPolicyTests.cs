using CowansDashboard.Web.Security;
using Microsoft.Extensions.Configuration;

namespace CowansDashboard.Tests.Web.Security;

public sealed class ContentSecurityPolicyTests
{
    static Dictionary<string, string[]> Policy(params (string Key, string Value)[] settings) =>
        ContentSecurityPolicy.From(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(each => KeyValuePair.Create(each.Key, (string?)each.Value))).Build())
            .Value.Split("; ").Select(part => part.Split(' ')).ToDictionary(part => part[0], part => part[1..]);

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
    public void Pictures_come_from_the_shop_that_is_configured()
    {
        Policy()["img-src"].ShouldContain("https://cdn.shopify.com");
        Policy(("Shopify:BaseUrl", "http://127.0.0.1:4600/admin/api"))["img-src"].ShouldContain("http://127.0.0.1:4600");
    }

    [Fact]
    public void A_base_address_that_is_none_changes_nothing() =>
        Policy(("Shopify:BaseUrl", "not an address; script-src *"))["script-src"].ShouldBe(["'self'"]);
}
