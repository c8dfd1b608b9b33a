using Microsoft.AspNetCore.Identity;

namespace CowansDashboard.Accounts;

/// <summary>What a password must be: long, not the e-mail address, not one that everybody tries first.</summary>
public sealed class PasswordRules : IPasswordValidator<Account>
{
    public const int MinimumLength = 12;
    public const int MaximumLength = 256;

    private static readonly string[] TriedFirst =
    [
        "password", "passwort", "qwerty", "qwertz", "letmein", "welcome", "admin", "administrator", "dashboard", "shopify",
        "cowan", "changeme", "iloveyou", "123456", "abc", "abcdef", "monkey", "dragon", "master", "login", "secret",
    ];

    /// <summary>Null when the password will do, else what is wrong with it and what would be right.</summary>
    public static string? Refusal(string? email, string password)
    {
        if (password.Length < MinimumLength)
            return $"The password has {password.Length} characters. Use at least {MinimumLength}; a few words are easy to remember.";
        if (password.Length > MaximumLength)
            return $"The password has {password.Length} characters. Use at most {MaximumLength}.";
        if (password.Distinct().Count() < 5)
            return "The password repeats the same few characters. Use at least five different ones.";
        var local = email?.Split('@')[0] ?? "";
        if (local.Length > 3 && password.Contains(local, StringComparison.OrdinalIgnoreCase))
            return "The password holds the e-mail address. Use words that have nothing to do with it.";
        return IsTriedFirst(password) ? "The password is one of those that everybody tries first. Use words of your own." : null;
    }

    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password) =>
        Task.FromResult(Refusal(user.Email, password ?? "") is { } refusal
            ? IdentityResult.Failed(new IdentityError { Code = nameof(PasswordRules), Description = refusal })
            : IdentityResult.Success);

    // "Password123!" is "password" with what people hang on to it.
    private static bool IsTriedFirst(string password)
    {
        var rest = password.ToLowerInvariant().Replace('0', 'o').Replace('@', 'a').Replace('$', 's');
        foreach (var word in TriedFirst)
            rest = rest.Replace(word, "", StringComparison.Ordinal);
        return rest.Count(char.IsLetter) < 3 && rest.Length < password.Length;
    }
}
