using Npgsql;

namespace CowansDashboard.History;

/// <summary>What a save would say of SKUs that are typed and not saved, so that it is said where they are typed. Whoever saves asks again.</summary>
public sealed class FindTakenSkus(NpgsqlDataSource database)
{
    /// <param name="storeId">Whose.</param>
    /// <param name="edits">All that one save would carry; only SKUs of variants among them are looked at.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Why not, by variant.</returns>
    public async Task<IReadOnlyDictionary<long, string>> Find(long storeId, IReadOnlyCollection<FieldEdit> edits, CancellationToken cancel)
    {
        FieldEdit[] skus = [.. edits.Where(edit => edit is { Entity: CatalogueFields.Variant, Field: "sku" })];
        if (skus.Length == 0)
            return new Dictionary<long, string>();
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await RefuseSharedSkus.Look(connection, storeId, new WantedChanges { Fields = skus }, cancel))
            .DistinctBy(problem => problem.EntityId).ToDictionary(problem => problem.EntityId, problem => problem.Sentence);
    }
}
