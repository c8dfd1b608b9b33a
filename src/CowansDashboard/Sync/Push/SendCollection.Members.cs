using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.Collections;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Wire;

namespace CowansDashboard.Sync.Push;

// Whom people have put into the collection, and taken out.
public sealed partial class SendCollection
{
    /// <summary>Products that the outcome names; of the others it tells how many.</summary>
    private const int MostTold = 3;

    /// <summary>Takes products out of the sources into which they were picked, and picks others, as many in a call as one takes.</summary>
    private async Task<bool> Fill(ShopifyId id, PushEntity filling, SentCollection into, CancellationToken cancel)
    {
        var sources = into.Collection.Held;
        foreach (var field in filling.Fields.OrderByDescending(field => field.Field, StringComparer.Ordinal))
        {
            var products = await Named([.. CollectionMembers.Ids(field.New)], cancel);
            var refused = products.Where(product => product.ShopifyId is null).Select(product => (product.Title, "It is not in Shopify yet.")).ToList();
            var left = products.Where(product => product.ShopifyId is not null).ToList();
            var parts = new List<(string? Gid, List<MemberProduct> Products)>();
            if (field.Field == CollectionMembers.Removed)
            {
                parts.AddRange(sources.Select(source => (source, picked: CollectionMembers.Picked(source)))
                    .Select(one => ((string?)one.source.Gid, left.Where(product => one.picked.Contains(product.ShopifyId!.Value)).ToList())).Where(one => one.Item2.Count > 0));
                refused.AddRange(left.Except(parts.SelectMany(part => part.Products)).Select(product => (product.Title, "The collection’s conditions hold it; nobody has put it in by hand.")));
            }
            else if (CollectionMembers.Into(sources) is { } source)
                parts.Add((source.Gid, left));
            else if (sources.Count == 0)
                // What is more than one call takes follows once the source has Shopify’s id.
                parts.Add((null, [.. left.Take(ReorderMoves.AtOnce)]));
            else
                refused.AddRange(left.Select(product => (product.Title, "Its products come from other collections.")));
            foreach (var (gid, some) in parts.SelectMany(part => part.Products.Chunk(ReorderMoves.AtOnce).Select(chunk => (part.Gid, chunk.ToList()))))
                if (!await Pick(id, filling, field.Field, gid, some, refused, into, cancel))
                    return false;
            into.Note(filling, [field.Field], refused.Count == 0 ? new FieldResult.Taken() : new FieldResult.Refused(NotMoved(field.Field, refused, products.Count)));
        }
        return true;
    }

    /// <summary>Those that Shopify refuses are noted, and the others go without them.</summary>
    private async Task<bool> Pick(ShopifyId id, PushEntity filling, string field, string? source, List<MemberProduct> products, List<(string Title, string Words)> refused, SentCollection into, CancellationToken cancel)
    {
        while (products.Count > 0)
        {
            if (await Call(Mutations.CollectionUpdate(Picking(id, field, source, products)), [filling], into, cancel) is not { } answer)
                return false;
            if (answer.UserErrors.Count == 0)
            {
                await Follow(answer.Data.GetProperty("collectionUpdate"), cancel);
                return true;
            }
            var named = answer.UserErrors.Select(error => (error, place: Selected(error))).ToList();
            if (named.Exists(one => one.place is not { } place || place >= products.Count))
            {
                refused.AddRange(products.Select(product => (product.Title, Words(answer.UserErrors))));
                return true;
            }
            refused.AddRange(named.Select(one => (products[one.place!.Value].Title, one.error.Message)));
            products = [.. products.Where((_, place) => !named.Exists(one => one.place == place))];
        }
        return true;
    }

    private static JsonObject Picking(ShopifyId id, string field, string? source, List<MemberProduct> products)
    {
        var selections = new JsonArray([.. products.Select(product => (JsonNode)new JsonObject { ["productId"] = $"{ShopifyId.Product(product.ShopifyId!.Value)}" })]);
        return source is null
            ? new JsonObject
            {
                ["id"] = $"{id}",
                ["sourcesToCreate"] = new JsonArray(new JsonObject { ["source"] = new JsonObject { ["title"] = "Products", ["inclusion"] = new JsonObject { ["matchType"] = "ALL", ["conditions"] = new JsonArray(), ["selections"] = selections } } }),
            }
            : new JsonObject
            {
                ["id"] = $"{id}",
                ["sourcesToUpdate"] = new JsonArray(new JsonObject
                {
                    ["condition"] = new JsonObject { ["id"] = source, ["inclusion"] = new JsonObject { [field == CollectionMembers.Added ? "selectionsToAdd" : "selectionsToRemove"] = selections } },
                }),
            };
    }

    /// <summary>Which of the selections an error is about.</summary>
    private static int? Selected(UserError error) => error.Field.SkipWhile(part => !part.StartsWith("selections", StringComparison.Ordinal)).Skip(1)
        .Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : (int?)null).FirstOrDefault();

    private static string NotMoved(string field, List<(string Title, string Words)> refused, int all) => string.Create(CultureInfo.InvariantCulture,
        $"{refused.Count:#,0} of {CollectionMembers.Words(field, all)}: not taken. {string.Join(" ", refused.Take(MostTold).Select(one => $"“{one.Title}”: {one.Words}"))}{(refused.Count > MostTold ? string.Create(CultureInfo.InvariantCulture, $" And {refused.Count - MostTold:#,0} more.") : "")}");

    private async Task<List<MemberProduct>> Named(long[] products, CancellationToken cancel)
    {
        await using var command = scope.Database.CreateCommand("""
            select p.id, p.shopify_id, p.title from unnest($1::bigint[]) with ordinality m (id, place) join products p on p.id = m.id order by m.place
            """);
        command.Parameters.Add(new() { Value = products });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var named = new List<MemberProduct>();
        while (await reader.ReadAsync(cancel))
            named.Add(new MemberProduct(reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.GetString(2)));
        return named;
    }

    private sealed record MemberProduct(long Id, long? ShopifyId, string Title);
}
