using System.Text.Json;
using System.Text.Json.Serialization;

namespace CowansDashboard.Catalog.Bulk;

// PostgreSQL keeps the members of jsonb in an order of its own, so that the name of the action need not come first.
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(BulkAction))]
public sealed partial class BulkJson : JsonSerializerContext;
