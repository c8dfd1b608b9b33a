namespace CowansDashboard.Sync;

/// <summary>What Shopify's ids call a file of this content type.</summary>
public static class MediaKind
{
    public static string Of(string? contentType) => contentType switch
    {
        "VIDEO" => "Video",
        "EXTERNAL_VIDEO" => "ExternalVideo",
        "MODEL_3D" => "Model3d",
        _ => "MediaImage",
    };
}
