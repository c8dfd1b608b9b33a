using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CowansDashboard.Accounts.Keys;

/// <summary>Where the key lies that opens what the database keeps encrypted.</summary>
public sealed class KeyFileOptions : IValidatableObject
{
    public const string Section = "Dashboard";

    /// <summary>Folder of what this installation keeps beside the database; .data under the current folder when not set.</summary>
    public string DataFolder { get; set; } = ".data";

    /// <summary>The key file. Made at the first start, readable by its owner only; every node needs the same one. Back it up apart from the database.</summary>
    public string? KeyFile { get; set; }

    public string KeyPath => Path.GetFullPath(string.IsNullOrWhiteSpace(KeyFile) ? Path.Combine(DataFolder, "keys", "dashboard.key") : KeyFile);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(DataFolder))
            yield return new("Dashboard__DataFolder is empty. Give a folder that this program may write to, such as .data.", [nameof(DataFolder)]);
        else if (Directory.Exists(KeyPath))
            yield return new($"Dashboard__KeyFile is “{KeyFile}”, which is a folder. Give the path of a file, such as {Path.Combine(KeyPath, "dashboard.key")}.", [nameof(KeyFile)]);
    }
}

[OptionsValidator]
internal sealed partial class ValidateKeyFileOptions : IValidateOptions<KeyFileOptions>;
