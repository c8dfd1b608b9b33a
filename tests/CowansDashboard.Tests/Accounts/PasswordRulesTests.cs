using CowansDashboard.Accounts;

namespace CowansDashboard.Tests.Accounts;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("correct horse battery")]
    [InlineData("пароль из слов 2026")]
    [InlineData("dashboard of my grandmother")]
    public void A_few_words_will_do(string password) => PasswordRules.Refusal("ines@shop.example", password).ShouldBeNull();

    [Theory]
    [InlineData("short", "12")]
    [InlineData("aaaaaaaaaaaaaaaa", "same few")]
    [InlineData("Password123!", "everybody tries")]
    [InlineData("admin1234567", "everybody tries")]
    [InlineData("ines.moreau 2026", "e-mail")]
    public void What_is_wrong_is_said_with_what_would_be_right(string password, string words) =>
        PasswordRules.Refusal("ines.moreau@shop.example", password)!.ShouldContain(words);

    [Fact]
    public void Every_one_time_password_passes_its_own_rules()
    {
        var made = Enumerable.Range(0, 500).Select(_ => OneTimePassword.Generate()).ToList();

        made.ShouldAllBe(password => PasswordRules.Refusal("a@b.example", password) == null);
        made.Distinct().Count().ShouldBe(500);
    }
}
