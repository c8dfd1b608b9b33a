using System.Text.Json.Serialization;

namespace CowansDashboard.Shopify.Wire;

/// <summary>A picture, video or 3D model. Until its status is READY, image and preview may be null.</summary>
public sealed record MediaNode
{
    /// <summary>MediaImage, Video, ExternalVideo or Model3d.</summary>
    [JsonPropertyName("__typename")]
    public string? TypeName { get; init; }

    public ShopifyId Id { get; init; }

    [JsonPropertyName("__parentId")]
    public ShopifyId ParentId { get; init; }

    public string? Alt { get; init; }

    /// <summary>IMAGE, VIDEO, EXTERNAL_VIDEO or MODEL_3D.</summary>
    public string? MediaContentType { get; init; }

    /// <summary>UPLOADED, PROCESSING, READY or FAILED.</summary>
    public string? Status { get; init; }

    public IReadOnlyList<MediaErrorNode> MediaErrors { get; init => field = value ?? []; } = [];

    public MediaPreview? Preview { get; init; }

    public ImageNode? Image { get; init; }

    public string? MimeType { get; init; }

    public string? Filename { get; init; }

    public long? Duration { get; init; }

    public string? Host { get; init; }

    public string? EmbedUrl { get; init; }

    public string? OriginUrl { get; init; }

    public MediaOriginal? OriginalSource { get; init; }

    public IReadOnlyList<MediaSourceNode> Sources { get; init => field = value ?? []; } = [];

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>Why a file failed.</summary>
public sealed record MediaErrorNode
{
    public string? Code { get; init; }

    public string? Details { get; init; }

    public string? Message { get; init; }
}

/// <summary>The still that stands for a medium.</summary>
public sealed record MediaPreview
{
    public string? Status { get; init; }

    public ImageNode? Image { get; init; }
}

/// <summary>A picture on Shopify's CDN, which resizes by <c>?width=</c>.</summary>
public sealed record ImageNode
{
    public string? Id { get; init; }

    public string? Url { get; init; }

    public string? AltText { get; init; }

    public int? Width { get; init; }

    public int? Height { get; init; }
}

/// <summary>The uploaded file.</summary>
public sealed record MediaOriginal
{
    public long? FileSize { get; init; }
}

/// <summary>One encoding of a video or model.</summary>
public sealed record MediaSourceNode
{
    public string? Url { get; init; }

    public string? MimeType { get; init; }

    public string? Format { get; init; }

    public int? Width { get; init; }

    public int? Height { get; init; }

    public long? Filesize { get; init; }
}
