using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using CowansDashboard.Accounts;
using CowansDashboard.Stores;
using CowansDashboard.Tests.Support;
using CowansDashboard.Web.Startup;
using Microsoft.Extensions.Configuration;
using CowansDashboard.Data;

namespace CowansDashboard.Tests.Stores;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("my-shop", "my-shop.myshopify.com")]
    [InlineData(" My-Shop.myshopify.com ", "my-shop.myshopify.com")]
    [InlineData("https://my-shop.myshopify.com/admin/products", "my-shop.myshopify.com")]
    [InlineData("https://admin.shopify.com/store/my-shop/products?x=1", "my-shop.myshopify.com")]
    public void A_shop_is_read_from_whatever_people_paste(string typed, string shop)
    {
        ShopDomain.TryParse(typed, out var read).ShouldBeTrue();
        read.ShouldBe(shop);
    }

    [Theory]
    [InlineData("")]
    [InlineData("shop.example.com")]
    [InlineData("-shop")]
    [InlineData("shop.myshopify.com.evil.example")]
    [InlineData("127.0.0.1")]
    [InlineData("my-shop\n.myshopify.com")]
    public void What_is_no_shop_is_not_read_as_one(string typed) => ShopDomain.TryParse(typed, out _).ShouldBeFalse();

    [Fact]
    public void A_version_ends_with_its_month() => ApiVersion.IsWellFormed("2026-10\n").ShouldBeFalse();

    public static TheoryData<ShopifyOptions, string[]> Wrong() => new()
    {
        { new() { Shop = "shop.example.com", AccessToken = "t" }, ["Shopify__Shop is “shop.example.com”, which is no shop."] },
        { new() { Shop = "my-shop" }, ["Shopify__AccessToken is not set"] },
        { new() { AccessToken = "t" }, ["Shopify__Shop is not set, but credentials are"] },
        { new() { Shop = "my-shop", AccessToken = "t", ClientId = "i" }, ["Shopify__AccessToken is set together"] },
        { new() { Shop = "my-shop", ClientId = "i" }, ["Shopify__ClientSecret is not set"] },
        { new() { Shop = "my-shop", ClientSecret = "s" }, ["Shopify__ClientId is not set"] },
        { new() { Shop = "my-shop", AccessToken = "a b" }, ["Shopify__AccessToken holds a space"] },
        { new() { ApiVersion = "2026-1", BaseUrl = "localhost:5090" }, ["Shopify__ApiVersion is “2026-1”", "Shopify__BaseUrl is “localhost:5090”"] },
        { new() { BaseUrl = "http://127.0.0.1:1/admin" }, ["Shopify__BaseUrl is"] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Each_wrong_setting_is_named_as_it_was_typed_and_all_at_once(ShopifyOptions options, string[] words)
    {
        var messages = options.Validate(new ValidationContext(options)).Select(result => result.ErrorMessage!).ToList();

        messages.Count.ShouldBe(words.Length);
        foreach (var (message, start) in messages.Zip(words))
            message.ShouldStartWith(start);
    }

    [Fact]
    public void Good_settings_say_nothing()
    {
        ShopifyOptions[] good =
        [
            new(),
            new() { Shop = "my-shop.myshopify.com", AccessToken = "shpat_x" },
            new() { Shop = "my-shop", ClientId = "i", ClientSecret = "s", ApiVersion = "2027-01", BaseUrl = "http://127.0.0.1:5090" },
        ];

        good.SelectMany(options => options.Validate(new ValidationContext(options))).ShouldBeEmpty();
    }

    [Fact]
    public void A_password_in_a_setting_is_never_repeated()
    {
        var options = new FirstAdministratorOptions { AdminEmail = "not an address", AdminPassword = "hunter2" };

        var messages = options.Validate(new ValidationContext(options)).Select(result => result.ErrorMessage!).ToList();

        messages.Count.ShouldBe(2);
        messages[0].ShouldStartWith("Dashboard__AdminEmail");
        messages[1].ShouldStartWith("Dashboard__AdminPassword");
        messages.ShouldAllBe(message => !message.Contains("hunter2"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Database=cowan")]
    [InlineData("Host=x;Nonsense=1;Password=hunter2")]
    public void A_connection_string_that_will_not_do_is_named(string? text)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:Dashboard", text)]).Build();

        var message = Should.Throw<WrongSettingException>(() => configuration.DashboardConnection()).Message;

        message.ShouldStartWith("ConnectionStrings__Dashboard");
        message.ShouldNotContain("hunter2");
    }

    [Fact]
    [Trait("Category", "Integration")]
    public async Task The_program_stops_with_all_messages_and_nothing_else()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "CowansDashboard.Web.dll")])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetTempPath(),
            Environment =
            {
                ["ConnectionStrings__Dashboard"] = "Host=127.0.0.1;Port=1;Database=x;Username=x",
                ["Shopify__Shop"] = "shop.example.com",
                ["Shopify__ApiVersion"] = "yesterday",
                ["Dashboard__AdminPassword"] = "hunter2",
            },
        };

        using var process = Process.Start(start)!;
        var (words, said) = (await process.StandardError.ReadToEndAsync(), await process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();

        process.ExitCode.ShouldBe(Prepare.WrongSetting);
        words.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0])
            .ShouldBe(["Dashboard__AdminPassword", "Dashboard__AdminPassword", "Shopify__Shop", "Shopify__AccessToken", "Shopify__ApiVersion"], ignoreOrder: true);
        (words + said).ShouldNotContain("hunter2");
        words.ShouldNotContain("   at ");
    }
}
