using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace CowansDashboard.BrowserTests.Support;

/// <summary>The first person of a dashboard, and the ways in at the door.</summary>
public static class Administrator
{
    public const string Email = "ines@harlowfinch.example";
    public const string Password = "correct horse battery 7";

    /// <summary>The settings of an unattended first start.</summary>
    public static Dictionary<string, string> Settings => new() { ["Dashboard__AdminEmail"] = Email, ["Dashboard__AdminPassword"] = Password };

    public static async Task SignIn(this Journey journey, string to = "/", string email = Email, string password = Password)
    {
        await journey.Page.GotoAsync("/sign-in?returnUrl=" + Uri.EscapeDataString(to));
        await journey.FillDoor(("E-mail", email), ("Password", password));
        await journey.Press("Sign in");
        await Assertions.Expect(journey.Page).Not.ToHaveURLAsync(new Regex("/sign-in"));
    }

    public static async Task FillDoor(this Journey journey, params (string Label, string Text)[] fields)
    {
        foreach (var (label, text) in fields)
            await journey.Page.GetByLabel(label, new() { Exact = true }).FillAsync(text);
    }
}
