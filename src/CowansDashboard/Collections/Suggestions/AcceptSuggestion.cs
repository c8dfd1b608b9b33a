using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Catalog.Categories;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Search;
using Npgsql;

namespace CowansDashboard.Collections.Suggestions;

public abstract record AcceptOutcome
{
    private AcceptOutcome()
    {
    }

    /// <summary>A bulk edit with before and after; nothing has changed.</summary>
    public sealed record Prepared(long PreviewId) : AcceptOutcome;

    /// <summary>A collection that waits for a push, and that an undo of the change set takes away.</summary>
    public sealed record Made(long CollectionId, long ChangeSetId, string Title) : AcceptOutcome;

    /// <summary>A category is mapped; an undo of the change set of the tree takes that away.</summary>
    public sealed record Mapped(long ChangeSetId, string Category, string To) : AcceptOutcome;

    /// <summary>Nothing was done.</summary>
    public sealed record Refused(string Sentence) : AcceptOutcome;
}

/// <summary>Does what a suggestion says as far as nobody is surprised: types are only prepared for a person to see, a collection is made here and waits for a push.</summary>
public sealed class AcceptSuggestion(NpgsqlDataSource database, PreviewBulkEdit preview, SaveChangeSet saving, ChangeCategory change)
{
    private const long NewCollection = -1, NewSource = -2;

    public Task<AcceptOutcome> Accept(long storeId, Suggestion suggestion, AskedBy by, CancellationToken cancel) => suggestion.Action switch
    {
        SuggestedAction.SetTypes { Targets: [var type] } types => Prepare(storeId, suggestion.Title, types.Moves.Select(move => move.ProductId), new SetField("product_type", type), by, cancel),
        SuggestedAction.SetTypes types => Prepare(storeId, suggestion.Title, types, by, cancel),
        SuggestedAction.SetCategories given => Prepare(storeId, suggestion.Title, given.ProductIds, new SetField("category_id", given.To.Id), by, cancel),
        SuggestedAction.Map map => Map(storeId, map, by, cancel),
        SuggestedAction.NewCollection collection => Make(storeId, suggestion, collection, by, cancel),
        _ => throw new InvalidOperationException("A suggestion has no other action."),
    };

    // Somebody may have mapped it since, or deleted it: then its version is another one.
    private async Task<AcceptOutcome> Map(long storeId, SuggestedAction.Map map, AskedBy by, CancellationToken cancel) =>
        await change.Change(storeId, map.Category.Id, map.Category.Version, new CategoryChange { TaxonomyId = map.To.Id }, by, cancel) switch
        {
            CategoryOutcome.Done done => new AcceptOutcome.Mapped(done.ChangeSetId, done.Category.Name, map.To.FullName),
            CategoryOutcome.Refused refused => new AcceptOutcome.Refused(refused.Sentence),
            _ => new AcceptOutcome.Refused($"{map.Category.Names[^1]} was changed or deleted since."),
        };

    private async Task<AcceptOutcome> Prepare(long storeId, string title, IEnumerable<long> products, SetField action, AskedBy by, CancellationToken cancel)
    {
        var selection = ProductSelection.Nothing.Set(products, true);
        return await preview.Preview(new(storeId, selection, action, by) { Title = title }, cancel) switch
        {
            PreviewOutcome.Prepared prepared => new AcceptOutcome.Prepared(prepared.PreviewId),
            PreviewOutcome.Wrong wrong => new AcceptOutcome.Refused(wrong.Problem.Sentence),
            _ => new AcceptOutcome.Refused("None of these products is in the copy any more."),
        };
    }

    // Several types at once: each product with the one that it shall have.
    private async Task<AcceptOutcome> Prepare(long storeId, string title, SuggestedAction.SetTypes types, AskedBy by, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var preview = await PrepareCells.Prepare(connection, storeId, title,
            [.. types.Moves.Select(move => new BulkChangeRow(move.ProductId, CatalogueFields.Product, move.ProductId, "product_type", move.From, move.To))], by, cancel);
        await transaction.CommitAsync(cancel);
        return new AcceptOutcome.Prepared(preview);
    }

    private async Task<AcceptOutcome> Make(long storeId, Suggestion suggestion, SuggestedAction.NewCollection collection, AskedBy by, CancellationToken cancel)
    {
        await using var turn = await database.OpenConnectionAsync(cancel);
        await using var alone = await turn.BeginTransactionAsync(cancel);
        // What was suggested may be an hour old, and another tab may accept the same at this moment.
        if (!await IsOurTurn(turn, storeId, cancel))
            return new AcceptOutcome.Refused("Somebody else accepts a suggestion at this moment. Try again.");
        if (await IsThere(turn, storeId, collection.Title, cancel))
            return new AcceptOutcome.Refused($"There is a collection “{collection.Title}” by now.");
        var (currency, handle) = (await StoreCurrency.Read(turn, storeId, cancel), await FreeHandle(turn, storeId, collection.Title, cancel));
        var wanted = new WantedChanges
        {
            Added =
            [
                new(CatalogueFields.Collection, NewCollection, new JsonObject { ["title"] = collection.Title, ["handle"] = handle }),
                new(CatalogueFields.Source, NewSource, new JsonObject
                {
                    ["collection_id"] = NewCollection,
                    ["position"] = 1,
                    ["source_type"] = SourceWriting.TypeOf(collection.Source),
                    ["title"] = collection.Title,
                    ["definition"] = SourceWriting.Write(collection.Source, null, currency),
                }),
            ],
        };
        var head = new ChangeSetHead(storeId, ChangeSetKind.Create, $"Collection {collection.Title} made from a suggestion", suggestion.Why, by.Id, by.Name);
        return await saving.Save(head, wanted, StaleMeans.Refuse, cancel) switch
        {
            SaveOutcome.Saved saved => new AcceptOutcome.Made(saved.Created[NewCollection], saved.ChangeSetId, collection.Title),
            SaveOutcome.Refused refused => new AcceptOutcome.Refused(string.Join(" ", refused.Problems.Select(problem => problem.Sentence))),
            _ => new AcceptOutcome.Refused("Somebody changed the same collection at this moment. Try again."),
        };
    }

    private static async Task<bool> IsOurTurn(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_xact_lock(hashtextextended('accepted suggestion of ' || $1, 0))", connection);
        command.Parameters.Add(new() { Value = storeId });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    private static async Task<bool> IsThere(NpgsqlConnection connection, long storeId, string title, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select exists (select from collections where store_id = $1 and deleted_at is null and lower(title) = lower($2))", connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = title });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    // Two titles may give one handle; Shopify would put a number behind it too.
    private static async Task<string> FreeHandle(NpgsqlConnection connection, long storeId, string title, CancellationToken cancel)
    {
        var wished = ProductHandle.Of(title) is { Length: > 0 } handle ? handle : "collection";
        await using var command = new NpgsqlCommand("select handle from collections where store_id = $1 and deleted_at is null and starts_with(handle, $2)", connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = wished });
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            taken.Add(reader.GetString(0));
        return Enumerable.Range(0, int.MaxValue).Select(number => number == 0 ? wished : $"{wished}-{number}").First(free => !taken.Contains(free));
    }
}
