using Npgsql;

namespace CowansDashboard.History;

/// <summary>
/// The one way to change the copy, whoever asks: checks every value, compares every field with what the person saw,
/// writes, records who, when and why, and lets the changes wait for Shopify. Refuse is all or nothing; Skip commits
/// a thousand products at a time.
/// </summary>
public sealed class SaveChangeSet(NpgsqlDataSource database)
{
    internal const int ProductsAtOnce = 1_000;
    private const int MostAttempts = 6;

    public Task<SaveOutcome> Save(ChangeSetHead head, IReadOnlyList<FieldEdit> edits, StaleMeans staleMeans, CancellationToken cancel) =>
        Save(head, new WantedChanges { Fields = edits }, staleMeans, cancel);

    public async Task<SaveOutcome> Save(ChangeSetHead head, WantedChanges wanted, StaleMeans staleMeans, CancellationToken cancel)
    {
        if (staleMeans == StaleMeans.Refuse || wanted is not { Added.Count: 0, Removed.Count: 0, Returned.Count: 0 } || wanted.Fields.Count <= ProductsAtOnce)
            return await Committed(head, 0, wanted, staleMeans, cancel);

        var saved = new SaveOutcome.Saved(0, 0, 0);
        foreach (var batch in await ByProduct(head.StoreId, wanted.Fields, cancel))
        {
            if (await Committed(head, saved.ChangeSetId, new WantedChanges { Fields = batch }, staleMeans, cancel) is SaveOutcome.Saved more)
                saved = saved.And(more);
        }
        return saved;
    }

    private Task<SaveOutcome> Committed(ChangeSetHead head, long changeSetId, WantedChanges wanted, StaleMeans staleMeans, CancellationToken cancel) =>
        Committed(connection => SaveWithin.Save(connection, changeSetId, head, wanted, staleMeans, cancel), cancel);

    /// <summary>One save in a transaction of its own, with whatever belongs to it; again where somebody was in the way.</summary>
    internal async Task<SaveOutcome> Committed(Func<NpgsqlConnection, Task<SaveOutcome>> save, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var committing = false;
            try
            {
                await using var connection = await database.OpenConnectionAsync(cancel);
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                var outcome = await save(connection);
                committing = outcome is SaveOutcome.Saved;
                if (committing)
                    await transaction.CommitAsync(cancel);
                return outcome;
            }
            // A pooled connection that turns out to be broken: nothing was written as long as nobody said commit.
            catch (NpgsqlException broken) when (attempt < MostAttempts && !committing && broken is not PostgresException && broken.InnerException is null)
            {
            }
            catch (PostgresException clash) when (attempt < MostAttempts
                && clash.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.UniqueViolation)
            {
                // Somebody changes the same rows at this moment; afterwards it is decided anew.
            }
        }
    }

    private async Task<List<List<FieldEdit>>> ByProduct(long storeId, IReadOnlyList<FieldEdit> edits, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var products = new Dictionary<(string, long), long?>();
        foreach (var ofEntity in edits.GroupBy(edit => edit.Entity))
            if (CatalogueEntity.Find(ofEntity.Key) is { } entity)
                foreach (var (id, product) in await RowsInHand.Products(connection, storeId, entity, [.. ofEntity.Select(edit => edit.EntityId).Distinct()], cancel))
                    products[(ofEntity.Key, id)] = product;
        return [.. edits.GroupBy(edit => products.GetValueOrDefault((edit.Entity, edit.EntityId)) ?? 0).OrderBy(product => product.Key)
            .Chunk(ProductsAtOnce).Select(chunk => chunk.SelectMany(product => product).ToList())];
    }
}
