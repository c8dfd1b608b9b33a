using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;
using CowansDashboard.History.Layers;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Schedules;

/// <summary>
/// Lets what was typed on a collection's page begin, and where it has an end also end, by itself: fields, what its sources hold, the
/// order by hand, places, and products put in or taken out. It must be possible now; where it is not scheduled nothing is kept.
/// </summary>
public sealed class ScheduleCollection(NpgsqlDataSource database, ScheduleBulkEdit schedule)
{
    public async Task<ScheduleOutcome> Schedule(
        long storeId, long collectionId, string title, WantedChanges wanted, ScheduleTimes times, BulkConsent consent, AskedBy by, CancellationToken cancel)
    {
        if (Refusal(wanted) is { } refusal)
            return new ScheduleOutcome.Refused(refusal);
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await Trial(connection, storeId, title, wanted, by, cancel) is { } problem)
            return new ScheduleOutcome.Refused(problem);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var rows = wanted.Fields.Select(field => new BulkChangeRow(0, field.Entity, field.EntityId, field.Field, field.Seen, field.New) { CollectionId = collectionId })
            .Concat(await Pairs(connection, storeId, collectionId, wanted, cancel)).ToList();
        var preview = await PrepareCells.Prepare(connection, storeId, title, rows, by, cancel);
        return await schedule.Schedule(connection, transaction, storeId, preview, times, consent, by, cancel);
    }

    /// <summary>Why what is wanted cannot wait for a time; null when all of it can.</summary>
    public static string? Refusal(WantedChanges wanted)
    {
        var rows = wanted.Added.Select(row => row.Entity).Concat(wanted.Removed.Concat(wanted.Returned).Select(row => row.Entity)).ToHashSet();
        if (rows.Contains(CatalogueFields.Source))
            return "A source that is added or taken away cannot wait for a time. Save it now, or write its conditions into a source that is there.";
        // Shopify writes who is put in or taken out by hand into a source: what both sides then hold of it would be a conflict.
        if (rows.Contains(CatalogueFields.Member) && wanted.Fields.Any(edit => edit is { Entity: CatalogueFields.Source, Field: "definition" }))
            return "Products that are put in or taken out by hand are written into a source, and this changes a source too. Name them in the source instead, or schedule only one of both.";
        if (rows.FirstOrDefault(entity => entity is not (CatalogueFields.Member or CatalogueFields.CollectionPublication)) is { } other)
            return $"A {other} that comes or goes cannot wait for a time.";
        if (wanted.Fields.FirstOrDefault(edit => !CanWait(edit.Entity, edit.Field)) is not { } field)
            return null;
        return field.Field == Removal.Field
            ? "A removal is not scheduled: it has a window of its own in which it can be taken back."
            : $"{CatalogueFields.LabelOf(field.Entity, field.Field)} cannot wait for a time.";
    }

    /// <summary>Whether a field can wait for its time: sources move with their neighbours, and a removal has a time of its own.</summary>
    public static bool CanWait(string entity, string field) => CatalogueFields.Find(entity, field) is not null
        && (entity == CatalogueFields.Collection && field != Removal.Field || entity == CatalogueFields.Source && field is "title" or "definition");

    /// <summary>What would not be taken now is said now and not at its time. Nothing of the trial stays.</summary>
    private static async Task<string?> Trial(NpgsqlConnection connection, long storeId, string title, WantedChanges wanted, AskedBy by, CancellationToken cancel)
    {
        await using var trial = await connection.BeginTransactionAsync(cancel);
        var outcome = await SaveWithin.Save(connection, 0, new ChangeSetHead(storeId, ChangeSetKind.Edit, title, null, by.Id, by.Name), wanted, StaleMeans.Refuse, cancel);
        await trial.RollbackAsync(cancel);
        return outcome switch
        {
            SaveOutcome.Refused refused => string.Join(" ", refused.Problems.Select(problem => problem.Sentence).Distinct().Take(3)),
            SaveOutcome.Stale stale => $"Somebody changed {string.Join(", ", stale.Fields.Select(field => CatalogueFields.LabelOf(field.Entity, field.Field)).Distinct())} meanwhile. Look again.",
            SaveOutcome.Saved { ChangeSetId: 0 } => "Nothing would change, so there is nothing to schedule.",
            _ => null,
        };
    }

    /// <summary>Products and places that come or go, each as an element of a set of the collection.</summary>
    private static async Task<List<BulkChangeRow>> Pairs(NpgsqlConnection connection, long storeId, long collectionId, WantedChanges wanted, CancellationToken cancel)
    {
        var pairs = wanted.Added.Select(row => Of(row.Entity, (long)JsonValues.Number(row.Values[row.Entity == CatalogueFields.Member ? "product_id" : "publication_id"]), comes: true)).ToList();
        await using var command = new NpgsqlCommand("""
            select 'collection member', id, product_id from collection_members where store_id = $1 and id = any($2)
            union all select 'collection publication', id, publication_id from collection_publications where store_id = $1 and id = any($3)
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        foreach (var entity in (string[])[CatalogueFields.Member, CatalogueFields.CollectionPublication])
            command.Parameters.Add(new() { Value = wanted.Removed.Concat(wanted.Returned).Where(row => row.Entity == entity).Select(row => row.EntityId).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            pairs.Add(Of(reader.GetString(0), reader.GetInt64(2), comes: wanted.Returned.Contains(new(reader.GetString(0), reader.GetInt64(1)))));
        return pairs;

        BulkChangeRow Of(string entity, long other, bool comes)
        {
            var (isProduct, some) = (entity == CatalogueFields.Member, new JsonArray(other.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            return new BulkChangeRow(isProduct ? other : 0, CatalogueFields.Collection, collectionId, isProduct ? LayerCell.Members : LayerCell.Publications, comes ? new JsonArray() : some, comes ? some : new JsonArray())
            {
                CollectionId = collectionId,
            };
        }
    }
}
