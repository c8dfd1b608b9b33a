namespace CowansDashboard.Accounts;

/// <summary>Each role may do what the one before it may, and more.</summary>
public static class Roles
{
    public const string Viewer = "viewer";
    public const string Merchandiser = "merchandiser";
    public const string Admin = "admin";

    public static readonly IReadOnlyList<string> All = [Viewer, Merchandiser, Admin];

    public static string Title(string role) => role switch
    {
        Admin => "Administrator",
        Merchandiser => "Merchandiser",
        _ => "Viewer",
    };
}
