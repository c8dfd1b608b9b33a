using System.ComponentModel.DataAnnotations;
using CowansDashboard.Webhooks.Subscriptions;

namespace CowansDashboard.Tests.Webhooks.Subscriptions;

public sealed class CallbackAddressTests
{
    [Theory]
    [InlineData("https://dashboard.example.com", "https://dashboard.example.com/webhooks/shopify")]
    [InlineData(" https://dashboard.example.com:8443/ ", "https://dashboard.example.com:8443/webhooks/shopify")]
    [InlineData("https://dashboard.example.com/webhooks/shopify", "https://dashboard.example.com/webhooks/shopify")]
    [InlineData("http://127.0.0.1:5080", "http://127.0.0.1:5080/webhooks/shopify")]
    [InlineData("http://localhost:5080", "http://localhost:5080/webhooks/shopify")]
    public void An_address_leads_to_the_door(string text, string callback) =>
        new CallbackAddress(CallbackAddress.Read(text).Address.ShouldNotBeNull(), SetByServer: false).Callback.ToString().ShouldBe(callback);

    [Theory]
    [InlineData("dashboard.example.com", "no web address")]
    [InlineData("http://dashboard.example.com", "https only")]
    [InlineData("https://dashboard.example.com/elsewhere", "scheme, host and port only")]
    [InlineData("https://me:secret@dashboard.example.com", "scheme, host and port only")]
    [InlineData("https://dashboard.example.com/?a=b", "scheme, host and port only")]
    [InlineData("ftp://dashboard.example.com", "no web address")]
    public void What_Shopify_could_not_post_to_is_refused_with_what_would_be_right(string text, string why)
    {
        CallbackAddress.Read(text).Address.ShouldBeNull();
        CallbackAddress.Read(text).Wrong.ShouldContain(why);

        new CallbackAddressOptions { Address = text }.Validate(new ValidationContext(new())).ShouldHaveSingleItem().ErrorMessage!.ShouldStartWith("Webhooks__Address is ");
    }

    [Fact]
    public void Without_an_address_nothing_is_wrong() =>
        new CallbackAddressOptions().Validate(new ValidationContext(new())).ShouldBeEmpty();
}
