using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CowansDashboard.Stores;

/// <summary>A shop of this installation, and how it is reached.</summary>
public sealed class Store
{
    public long Id { get; set; }

    public string Name { get; set; } = "";

    /// <summary>The permanent domain, such as example.myshopify.com.</summary>
    public string Shop { get; set; } = "";

    public string ApiVersion { get; set; } = "";

    /// <summary>Another host for the Admin API, set by who runs the server; null is the shop's own.</summary>
    public string? BaseUrl { get; set; }

    public string CredentialKind { get; set; } = "";

    /// <summary>Ciphertext; <see cref="SealedCredentials"/> opens it.</summary>
    public byte[] Credentials { get; set; } = [];

    public string Currency { get; set; } = "USD";

    public string TimeZone { get; set; } = "Etc/UTC";

    /// <summary>Empty until the shop was asked once.</summary>
    public string Plan { get; set; } = "";

    public string[] Scopes { get; set; } = [];

    public DateTimeOffset? IncrementalSince { get; set; }

    public DateTimeOffset? DataAsOf { get; set; }

    public DateTimeOffset? LastFullPullAt { get; set; }

    /// <summary>Since when Shopify lets us in no more, and why; null while it does.</summary>
    public DateTimeOffset? ConnectionLostAt { get; set; }

    public string? ConnectionLostReason { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public DateTimeOffset? DeletedAt { get; set; }
}

internal sealed class StoreMapping : IEntityTypeConfiguration<Store>
{
    public void Configure(EntityTypeBuilder<Store> builder) => builder.ToTable("stores");
}
