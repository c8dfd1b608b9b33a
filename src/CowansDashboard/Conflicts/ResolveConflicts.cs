using System.Text.Json.Nodes;
using CowansDashboard.Conflicts.Rules;
using CowansDashboard.History;
using CowansDashboard.Search;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Conflicts;

/// <summary>Who settles, as the history names them.</summary>
public sealed record ResolvedBy(string? Id, string Name);

/// <summary>What was settled, in one change set, and what was left with the reason.</summary>
/// <param name="ChangeSetId">Null when nothing was settled.</param>
public sealed record ResolveOutcome(long? ChangeSetId, int Fields, int Products, IReadOnlyList<LeftConflict> Left);

/// <summary>
/// Settles conflicts: one, several, or all that a preview named, as one change set that can be taken back. One that became
/// another since it was seen, or that the wish does not fit, is left and listed.
/// </summary>
public sealed class ResolveConflicts(NpgsqlDataSource database)
{
    private const int InOneTransaction = 500;
    private const int MostAttempts = 6;

    public async Task<ResolveOutcome> Resolve(long storeId, Resolution wish, IReadOnlyList<SeenConflict> seen, ResolvedBy by, CancellationToken cancel)
    {
        var head = new ChangeSetHead(storeId, wish is Resolution.ByRules ? ChangeSetKind.Rule : ChangeSetKind.Conflict, Title(wish), null, by.Id, by.Name);
        var left = new List<LeftConflict>();
        var products = new HashSet<long>();
        var fields = 0;
        long? changeSet = null;
        foreach (var part in seen.DistinctBy(each => each.Id).OrderBy(each => each.Id).Chunk(InOneTransaction))
        {
            var done = await Attempt(head, changeSet, wish, part, cancel);
            changeSet = done.ChangeSetId ?? changeSet;
            fields += done.Settled.Count;
            products.UnionWith(done.Settled.Select(each => each.Conflict.Row.ProductId).OfType<long>());
            left.AddRange(done.Left);
        }
        return new(changeSet, fields, products.Count, left);
    }

    private async Task<Part> Attempt(ChangeSetHead head, long? changeSet, Resolution wish, SeenConflict[] seen, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(cancel);
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                var part = await Settle(connection, head, changeSet, wish, seen, cancel);
                await transaction.CommitAsync(cancel);
                return part;
            }
            catch (PostgresException clash) when (attempt < MostAttempts && clash.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // Somebody changes the same rows at this moment; afterwards it is decided anew.
            }
        }
    }

    private static async Task<Part> Settle(NpgsqlConnection connection, ChangeSetHead head, long? changeSet, Resolution wish, SeenConflict[] seen, CancellationToken cancel)
    {
        var open = await ConflictRows.Lock(connection, head.StoreId, [.. seen.Select(each => each.Id)], cancel);
        var revisions = seen.ToDictionary(each => each.Id, each => each.Revision);
        var rules = wish is Resolution.ByRules ? await RuleRows.Of(connection, head.StoreId, cancel) : OwnershipRules.None;
        var currency = await StoreCurrency.Read(connection, head.StoreId, cancel);
        var settled = new List<SettledConflict>();
        var left = new List<LeftConflict>();
        foreach (var same in open.GroupBy(conflict => conflict.Row.Entity))
        {
            var owners = await ReadOwners.Of(connection, same.Key, rules, [.. same.Select(conflict => conflict.Subject)], cancel);
            foreach (var conflict in same)
            {
                var (fitting, why) = Fitting(conflict, wish, currency);
                why = ConflictDecision.WhyStale(conflict, revisions[conflict.Row.Id]) ?? why;
                if (why is null && ConflictDecision.Decide(conflict, fitting, owners.Of(conflict.Subject)) is { } decided)
                    settled.Add(decided);
                else
                    left.Add(new(conflict.Row.Id, conflict.Row.Title, conflict.Row.Field, why ?? WhyUndecided(conflict.Row.Field)));
            }
        }
        var again = await EditedRemovals.EditedAgain(connection, [.. settled.Where(each => each is { As: "mine", Conflict.Row.Field: Removal.Field }).Select(each => each.Conflict.Row)], cancel);
        left.AddRange(settled.Where(each => again.Contains(each.Conflict.Row.Id))
            .Select(each => new LeftConflict(each.Conflict.Row.Id, each.Conflict.Row.Title, each.Conflict.Row.Field, "It was edited in Shopify again since you looked.")));
        settled.RemoveAll(each => again.Contains(each.Conflict.Row.Id));
        var standing = await LastVariants.Standing(connection, [.. Of(settled, LastVariants.Field, "mine"), .. Of(settled, LastVariants.Field, "shopifys")], cancel);
        var over = settled.Where(each => each.Conflict.Row.Field == LastVariants.Field && !standing.Contains(each.Conflict.Row.EntityId)).ToList();
        foreach (var each in over)
        {
            left.Add(new(each.Conflict.Row.Id, each.Conflict.Row.Title, each.Conflict.Row.Field, "It is over: the product has other variants again, or is removed."));
            settled.Remove(each);
        }
        // A whole pull brings new variants and closes nothing: whoever answers the question that is over ends it.
        await LastVariants.Record(connection, null, [.. over.Select(each => each.Conflict.Row.EntityId)], cancel);
        await LeaveSharedSkus(connection, head, settled, left, cancel);
        if (settled.Count == 0)
            return new(null, settled, left);

        await DeletedProducts.MakeAnew(connection, Of(settled, DeletedProducts.Field, "mine"), cancel);
        await DeletedProducts.LetGo(connection, Of(settled, DeletedProducts.Field, "shopifys"), cancel);
        await EditedRemovals.DeleteAnyway(connection, Of(settled, Removal.Field, "mine"), cancel);
        await EditedRemovals.Keep(connection, Of(settled, Removal.Field, "shopifys"), cancel);
        List<ChangeRow> variants =
        [
            .. await LastVariants.MakeAnew(connection, Of(settled, LastVariants.Field, "mine"), cancel),
            .. await LastVariants.Keep(connection, Of(settled, LastVariants.Field, "shopifys"), cancel),
        ];
        await ConflictRows.Write(connection, [.. settled.Where(each => each.Conflict.Row.Field is not (DeletedProducts.Field or Removal.Field or LastVariants.Field)).Select(each => new FieldWrite(
            each.Conflict.Row.Entity, each.Conflict.Row.EntityId, each.Conflict.Row.Field, OrShopifysOrder(each), each.StaysPending, each.Conflict.Row.Shopifys))], cancel);
        var keeping = settled.Where(ConflictDecision.KeepsProduct).ToList();
        await EditedRemovals.Keep(connection, [.. keeping.Select(each => each.Conflict.Row.EntityId)], cancel);
        // Keeping ours changes no value, yet who did it and when belongs to the field's history.
        var id = await RecordChanges.Record(connection, changeSet ?? 0, head,
        [
            .. settled.Select(each => new ChangeRow(
                each.Conflict.Row.Entity, each.Conflict.Row.EntityId, each.Conflict.Row.ProductId, each.Conflict.Row.Field, each.Conflict.Row.Ours, each.Value, each.ChangesValue ? null : "kept") { CollectionId = each.Conflict.Row.CollectionId }),
            .. keeping.Select(each => new ChangeRow(
                CatalogueFields.Product, each.Conflict.Row.EntityId, each.Conflict.Row.ProductId, Removal.Field, each.Conflict.Local![Removal.Field]?.DeepClone(), null)),
            .. variants,
        ], cancel);
        await Close(connection, settled, head, id, cancel);
        // A product's version rises with every edit of what hangs on it.
        await WriteRows.Touch(connection, [.. settled.Where(each => each.Conflict.Row.Entity != CatalogueFields.Product).Select(each => each.Conflict.Row.ProductId).OfType<long>()
            .Except(settled.Where(each => each.Conflict.Row.Entity == CatalogueFields.Product).Select(each => each.Conflict.Row.EntityId))], cancel);
        await WriteRows.TouchCollections(connection, [.. settled.Where(each => each.Conflict.Row.Entity == CatalogueFields.Source).Select(each => each.Conflict.Row.CollectionId).OfType<long>()
            .Except(settled.Where(each => each.Conflict.Row.Entity == CatalogueFields.Collection).Select(each => each.Conflict.Row.EntityId)).Order()], cancel);
        await RefreshSummaries.Refresh(connection, [.. settled.Select(each => each.Conflict.Row.ProductId).OfType<long>().Distinct().Order()], cancel);
        return new(id, settled, left);
    }

    // The order that Shopify has stands in its places; only another one that waits is kept beside them.
    private static JsonNode? OrShopifysOrder(SettledConflict settled) =>
        settled is { Conflict.Row: { Entity: CatalogueFields.Collection, Field: MemberOrder.Field }, StaysPending: false } ? null : settled.Value;

    /// <summary>A third value for a SKU is given by a person, who may give none that another variant has.</summary>
    private static async Task LeaveSharedSkus(NpgsqlConnection connection, ChangeSetHead head, List<SettledConflict> settled, List<LeftConflict> left, CancellationToken cancel)
    {
        FieldEdit[] given = [.. settled.Where(each => each is { As: "other", Conflict.Row: { Entity: CatalogueFields.Variant, Field: "sku" } })
            .Select(each => new FieldEdit(CatalogueFields.Variant, each.Conflict.Row.EntityId, "sku", each.Conflict.Row.Ours, each.Value))];
        foreach (var problem in await RefuseSharedSkus.Find(connection, head, new WantedChanges { Fields = given, NeedsFreeSkus = true }, cancel))
        {
            var each = settled.First(one => one.Conflict.Row is { Entity: CatalogueFields.Variant, Field: "sku" } row && row.EntityId == problem.EntityId);
            left.Add(new(each.Conflict.Row.Id, each.Conflict.Row.Title, each.Conflict.Row.Field, problem.Sentence));
            settled.Remove(each);
        }
    }

    private static long[] Of(List<SettledConflict> settled, string field, string closedAs) =>
        [.. settled.Where(each => each.Conflict.Row.Field == field && each.As == closedAs).Select(each => each.Conflict.Row.EntityId)];

    private static string WhyUndecided(string field) => field switch
    {
        DeletedProducts.Field => "A deleted product is made anew or let go; nothing else decides it.",
        Removal.Field => "A product that is removed here and was edited in Shopify is deleted anyway or kept; nothing else decides it.",
        LastVariants.Field => "The variants that Shopify deleted are made anew, or those that were removed here stay; nothing else decides it.",
        _ => "No rule decides this field.",
    };

    // A third value is checked and stored like any edit of that field.
    private static (Resolution Fitting, string? Why) Fitting(OpenConflict conflict, Resolution wish, string currency)
    {
        if (wish is not Resolution.Another another || CatalogueFields.Find(conflict.Row.Entity, conflict.Row.Field) is not { } field)
            return (wish, null);
        if (field.Kind == FieldKind.Source && SourceChecks.Problem(conflict.Local?["source_type"]?.GetValue<string>() ?? "", another.Value) is { } problem)
            return (wish, problem);
        var check = CheckValue.Check(field, another.Value, currency, conflict.Local?["type"]?.GetValue<string>());
        return (new Resolution.Another(check.Value), check.Problem);
    }

    private static async Task Close(NpgsqlConnection connection, List<SettledConflict> settled, ChangeSetHead head, long changeSet, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            update conflicts c set closed_at = now(), closed_as = s.closed_as, settled = s.settled::jsonb, rule_id = s.rule_id,
                closed_by_id = $5, closed_by_name = $6, change_set_id = $7
            from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[]) as s (id, closed_as, settled, rule_id)
            where c.id = s.id
            """, connection);
        command.Parameters.Add(new() { Value = settled.Select(each => each.Conflict.Row.Id).ToArray() });
        command.Parameters.Add(new() { Value = settled.Select(each => each.As).ToArray() });
        command.Parameters.Add(new() { Value = settled.Select(each => each.Value?.ToJsonString() ?? "null").ToArray() });
        command.Parameters.Add(new() { Value = settled.Select(each => each.RuleId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(ConflictSql.Text(head.ById));
        command.Parameters.Add(new() { Value = head.ByName });
        command.Parameters.Add(new() { Value = changeSet });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static string Title(Resolution wish) => wish switch
    {
        Resolution.Ours => "Conflicts settled: ours kept",
        Resolution.Shopifys => "Conflicts settled: Shopify’s taken",
        Resolution.Another => "Conflict settled: another value",
        _ => "Conflicts settled by rules",
    };

    private sealed record Part(long? ChangeSetId, List<SettledConflict> Settled, List<LeftConflict> Left);
}
