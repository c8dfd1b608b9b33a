using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Collections.Automatic;

/// <summary>What became of it.</summary>
/// <param name="Made">How many collections wait for a push now.</param>
/// <param name="ChangeSetId">The last change set of them; 0 when none was made.</param>
public sealed record MadeCollections(int Made, long ChangeSetId)
{
    /// <summary>What could not be made, and why.</summary>
    public IReadOnlyList<EditProblem> Problems { get; init; } = [];
}

/// <summary>
/// Makes the collections that the rule of a shop asks for and that are not there yet. Which are there is told by their own conditions, so
/// that a second click, another node or a repetition after a crash makes none twice.
/// </summary>
public sealed class MakeAutomaticCollections(NpgsqlDataSource database, ReadAutomaticCollections read, SaveChangeSet saving)
{
    private const int AtOnce = 250;

    /// <param name="storeId">Whose.</param>
    /// <param name="by">By which rule.</param>
    /// <param name="only">Only for these values; null for all that are new.</param>
    /// <param name="asker">Who wants them.</param>
    /// <param name="cancel">Gives up; what was made stays.</param>
    public async Task<MadeCollections> Make(long storeId, GroupedBy by, IReadOnlyCollection<string>? only, AskedBy asker, CancellationToken cancel)
    {
        await using var turn = await database.OpenConnectionAsync(cancel);
        await using var alone = await turn.BeginTransactionAsync(cancel);
        await using (var wait = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('automatic collections of ' || $1, 0))", turn))
        {
            wait.Parameters.Add(new() { Value = storeId });
            await wait.ExecuteNonQueryAsync(cancel);
        }
        var plan = await read.Read(storeId, by, null, cancel);
        var wanted = plan.New.Where(line => only is null || only.Contains(line.Group.Value, StringComparer.OrdinalIgnoreCase)).ToList();
        // One that the shop has no more is no place.
        long[] places = [.. plan.Places.Select(place => place.Id).Intersect(plan.Rule.Publications)];
        var handles = await Handles(turn, storeId, cancel);
        var made = new MadeCollections(0, 0);
        foreach (var some in wanted.Chunk(AtOnce))
        {
            var head = new ChangeSetHead(storeId, ChangeSetKind.Create, some.Length == 1 ? $"Collection “{some[0].Title}” made from a rule" : $"{some.Length} collections made from a rule",
                $"Automatic collections by {AutomaticRule.Word(by)}", asker.Id, asker.Name);
            made = await saving.Save(head, new WantedChanges { Added = Rows(by, some, places, handles) }, StaleMeans.Refuse, cancel) switch
            {
                SaveOutcome.Saved saved => made with { Made = made.Made + some.Length, ChangeSetId = Math.Max(made.ChangeSetId, saved.ChangeSetId) },
                SaveOutcome.Refused refused => made with { Problems = [.. made.Problems, .. refused.Problems] },
                _ => made,
            };
        }
        return made;
    }

    private static List<NewRow> Rows(GroupedBy by, IEnumerable<AutomaticLine> lines, long[] places, HashSet<string> handles)
    {
        var key = 0L;
        var rows = new List<NewRow>();
        foreach (var line in lines)
        {
            var collection = --key;
            rows.Add(new NewRow(CatalogueFields.Collection, collection, new JsonObject { ["title"] = line.Title, ["handle"] = Free(line.Title, handles) }));
            rows.Add(new NewRow(CatalogueFields.Source, --key, new JsonObject
            {
                ["collection_id"] = collection,
                ["title"] = line.Title,
                ["definition"] = SourceWriting.Write(AutomaticLine.SourceOf(by, line.Group.Value), null, currency: ""),
            }));
            foreach (var place in places)
                rows.Add(new NewRow(CatalogueFields.CollectionPublication, --key, new JsonObject { ["publication_id"] = place, ["collection_id"] = collection }));
        }
        return rows;
    }

    // Two titles may give one handle; Shopify would put a number behind it too.
    private static string Free(string title, HashSet<string> handles)
    {
        var wished = ProductHandle.Of(title) is { Length: > 0 } handle ? handle : "collection";
        var free = Enumerable.Range(0, int.MaxValue).Select(number => number == 0 ? wished : $"{wished}-{number}").First(handles.Add);
        return free;
    }

    private static async Task<HashSet<string>> Handles(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select handle from collections where store_id = $1 and deleted_at is null", connection);
        command.Parameters.Add(new() { Value = storeId });
        var handles = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            handles.Add(reader.GetString(0));
        return handles;
    }
}
