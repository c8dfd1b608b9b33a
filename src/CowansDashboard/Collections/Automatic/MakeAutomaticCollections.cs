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
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>Somebody else was at it, and nothing was done.</summary>
    public bool IsBusy { get; init; }

    /// <summary>Our ids of them.</summary>
    public IReadOnlyList<long> Collections { get; init; } = [];
}

/// <summary>
/// Makes the collections that the rule of a shop asks for and that are not there yet. Which are there is told by their own conditions, so
/// that a second click, another node or a repetition after a crash makes none twice.
/// </summary>
public sealed class MakeAutomaticCollections(NpgsqlDataSource database, ReadAutomaticCollections read, SaveChangeSet saving)
{
    private const int AtOnce = 250;

    /// <summary>With room for a number behind it.</summary>
    private const int LongestHandle = 240;

    /// <param name="storeId">Whose.</param>
    /// <param name="by">By which rule.</param>
    /// <param name="only">Only for these values, also where theirs was deleted before; null for all that are new.</param>
    /// <param name="asker">Who wants them.</param>
    /// <param name="cancel">Gives up; what was made stays.</param>
    public async Task<MadeCollections> Make(long storeId, GroupedBy by, IReadOnlyCollection<string>? only, AskedBy asker, CancellationToken cancel)
    {
        await using var turn = await database.OpenConnectionAsync(cancel);
        await using var alone = await turn.BeginTransactionAsync(cancel);
        if (!await IsOurTurn(turn, storeId, cancel))
            return new MadeCollections(0, 0) { IsBusy = true, Problems = ["Somebody else makes automatic collections at this moment."] };
        var plan = await read.Read(storeId, by, null, cancel);
        var chosen = only?.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var wanted = plan.Lines.Where(line => chosen is null ? line.Step == AutomaticStep.New : line.Step is AutomaticStep.New or AutomaticStep.Gone && chosen.Contains(line.Group.Value)).ToList();
        // One that the shop has no more is no place.
        long[] places = [.. plan.Places.Select(place => place.Id).Intersect(plan.Rule.Publications)];
        var handles = await Handles(turn, storeId, cancel);
        var made = new MadeCollections(0, 0);
        foreach (var some in wanted.Chunk(AtOnce))
            made = await Made(storeId, by, [.. some], places, handles, asker, made, cancel);
        return made;
    }

    /// <summary>One save of many; a value that cannot be a collection is named and left out, and the others are made.</summary>
    private async Task<MadeCollections> Made(
        long storeId, GroupedBy by, List<AutomaticLine> lines, long[] places, HashSet<string> handles, AskedBy asker, MadeCollections made, CancellationToken cancel)
    {
        while (lines.Count > 0)
        {
            var head = new ChangeSetHead(storeId, ChangeSetKind.Create, lines.Count == 1 ? $"Collection “{lines[0].Title}” made from a rule" : $"{lines.Count} collections made from a rule",
                $"Automatic collections by {AutomaticRule.Word(by)}", asker.Id, asker.Name);
            var taken = new HashSet<string>(handles, StringComparer.OrdinalIgnoreCase);
            var (rows, owners) = Rows(by, lines, places, taken);
            switch (await saving.Save(head, new WantedChanges { Added = rows }, StaleMeans.Refuse, cancel))
            {
                case SaveOutcome.Saved saved:
                    handles.UnionWith(taken);
                    return made with
                    {
                        Made = made.Made + lines.Count,
                        ChangeSetId = Math.Max(made.ChangeSetId, saved.ChangeSetId),
                        Collections = [.. made.Collections, .. rows.Where(row => row.Entity == CatalogueFields.Collection).Select(row => saved.Created[row.Key])],
                    };
                case SaveOutcome.Refused refused:
                    made = made with { Problems = [.. made.Problems, .. refused.Problems.Select(problem => owners.GetValueOrDefault(problem.EntityId) is { } line ? $"{line.Group.Name}: {problem.Sentence}" : problem.Sentence)] };
                    var wrong = refused.Problems.Select(problem => owners.GetValueOrDefault(problem.EntityId)).OfType<AutomaticLine>().ToHashSet();
                    if (wrong.Count == 0)
                        return made;
                    lines.RemoveAll(wrong.Contains);
                    break;
                default:
                    return made with { Problems = [.. made.Problems, "Somebody changed the same at this moment. Try again."] };
            }
        }
        return made;
    }

    private static async Task<bool> IsOurTurn(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_xact_lock(hashtextextended('automatic collections of ' || $1, 0))", connection);
        command.Parameters.Add(new() { Value = storeId });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    private static (List<NewRow> Rows, Dictionary<long, AutomaticLine> Owners) Rows(GroupedBy by, IEnumerable<AutomaticLine> lines, long[] places, HashSet<string> handles)
    {
        var key = 0L;
        var rows = new List<NewRow>();
        var owners = new Dictionary<long, AutomaticLine>();
        foreach (var line in lines)
        {
            var collection = --key;
            var first = rows.Count;
            rows.Add(new NewRow(CatalogueFields.Collection, collection, new JsonObject { ["title"] = line.Title, ["handle"] = Free(line.Title, handles) }));
            rows.Add(new NewRow(CatalogueFields.Source, --key, new JsonObject
            {
                ["collection_id"] = collection,
                ["title"] = line.Title,
                ["definition"] = SourceWriting.Write(AutomaticLine.SourceOf(by, line.Group.Value), null, currency: ""),
            }));
            foreach (var place in places)
                rows.Add(new NewRow(CatalogueFields.CollectionPublication, --key, new JsonObject { ["publication_id"] = place, ["collection_id"] = collection }));
            foreach (var row in rows.Skip(first))
                owners[row.Key] = line;
        }
        return (rows, owners);
    }

    // Two titles may give one handle; Shopify would put a number behind it too.
    private static string Free(string title, HashSet<string> handles)
    {
        var wished = ProductHandle.Of(title) is { Length: > 0 } handle ? handle[..Math.Min(handle.Length, LongestHandle)].Trim('-') : "collection";
        return Enumerable.Range(0, int.MaxValue).Select(number => number == 0 ? wished : $"{wished}-{number}").First(handles.Add);
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
