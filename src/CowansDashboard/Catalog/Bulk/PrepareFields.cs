using CowansDashboard.History;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>Keeps typed fields of one product as a prepared edit, inside a transaction of the caller. Changes nothing in the catalogue.</summary>
public static class PrepareFields
{
    /// <returns>The preview.</returns>
    public static Task<long> Prepare(NpgsqlConnection connection, long storeId, long productId, string title, IReadOnlyList<FieldEdit> fields, AskedBy by, CancellationToken cancel) =>
        PrepareCells.Prepare(connection, storeId, title, [.. fields.Select(field => new BulkChangeRow(productId, field.Entity, field.EntityId, field.Field, field.Seen, field.New))], by, cancel);
}
