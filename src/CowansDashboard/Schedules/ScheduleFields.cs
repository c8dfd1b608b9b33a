using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Schedules;

/// <summary>
/// Lets what was typed on one product's page begin, and where it has an end also end, by itself, as a bulk edit does: looked
/// at as a prepared edit, approved above the limits, layered with other schedules. Where it is not scheduled nothing is kept.
/// </summary>
public sealed class ScheduleFields(NpgsqlDataSource database, ScheduleBulkEdit schedule)
{
    public async Task<ScheduleOutcome> Schedule(
        long storeId, long productId, string title, IReadOnlyList<FieldEdit> fields, ScheduleTimes times, BulkConsent consent, AskedBy by, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var preview = await PrepareFields.Prepare(connection, storeId, productId, title, fields, by, cancel);
        return await schedule.Schedule(connection, transaction, storeId, preview, times, consent, by, cancel);
    }

    /// <summary>Whether a field can wait for its time: places and options move with others, and stock changes by itself.</summary>
    public static bool CanWait(string entity, string field) =>
        entity != CatalogueFields.Level && CatalogueFields.Find(entity, field) is { Structural: false };
}
