using System.Globalization;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Lists the products that changed since a moment. Shopify ends a list silently at 25,000, so that it counts first
/// and cuts the shop by ids until every part stays below; the parts can be listed side by side.
/// </summary>
public sealed class ListChanged(ShopifyAdmin admin, NpgsqlDataSource database, long storeId, DateTimeOffset since, int most)
{
    private const int PerSlice = 2_500;
    private const int MostSlices = 10;

    private readonly string _filter = Filter(since);

    /// <summary>Quoted and in UTC: a time without quotes is read in the shop's own zone.</summary>
    public static string Filter(DateTimeOffset since) =>
        $"updated_at:>='{since.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}'";

    /// <summary>How many changed, and the parts in which they can be listed.</summary>
    public async Task<(long Count, IReadOnlyList<IdSlice> Slices)> Plan(CancellationToken cancel)
    {
        var count = await Count(IdSlice.All, cancel);
        // Listed with a fifth of room, since the known ids are not spread like the changed ones.
        var wanted = Math.Max(Math.Min(count / PerSlice + 1, MostSlices), count / (most * 4 / 5 + 1) + 1);
        var slices = IdSlice.Between(wanted > 1 ? await Quantiles((int)wanted, cancel) : []);
        if (count <= most)
            return (count, slices);

        var fitting = new List<IdSlice>();
        var left = new Stack<IdSlice>(slices);
        while (left.TryPop(out var slice))
        {
            if (await Count(slice, cancel) > most && slice.Halve(await Median(slice, cancel)) is var (low, high))
            {
                left.Push(low);
                left.Push(high);
            }
            else
            {
                fitting.Add(slice);
            }
        }
        return (count, fitting);
    }

    /// <summary>Shopify's ids in one part, each once. A part that has grown to where lists end is cut and listed again.</summary>
    public async Task<IReadOnlyCollection<long>> List(IdSlice slice, CancellationToken cancel) => (await Times(slice, cancel)).Keys;

    /// <summary>The same with Shopify's times of their last changes.</summary>
    public async Task<Dictionary<long, DateTimeOffset?>> Times(IdSlice slice, CancellationToken cancel)
    {
        var times = new Dictionary<long, DateTimeOffset?>();
        var rows = 0;
        for (string? after = null; ;)
        {
            var page = (await admin.Send(Queries.ProductsPage(slice.Narrow(_filter), after), Lane.Background, cancel)).Data.Products;
            rows += page.Nodes.Count;
            foreach (var product in page.Nodes)
                times[product.Id.Number] = product.UpdatedAt;
            if (!page.PageInfo.HasNextPage || rows >= most)
                break;
            after = page.PageInfo.EndCursor;
        }
        if (rows >= most && slice.Halve(await Median(slice, cancel)) is var (low, high))
        {
            foreach (var half in new[] { low, high })
                foreach (var (id, at) in await Times(half, cancel))
                    times[id] = at;
        }
        return times;
    }

    private async Task<long> Count(IdSlice slice, CancellationToken cancel)
    {
        var answer = await admin.Send(Queries.ProductsCount(slice.Narrow(_filter)), Lane.Background, cancel);
        return answer.Data.ProductsCount is { } count
            ? count.IsExact() ? count.Count : Math.Max(count.Count, most + 1L)
            : throw new InvalidOperationException("Shopify answered without the number of changed products. Pull everything instead.");
    }

    private async Task<long[]> Quantiles(int parts, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select array(select bound from unnest(q.bounds) bound where bound is not null) from (
                select percentile_disc($2::double precision[]) within group (order by shopify_id) as bounds
                from products where store_id = $1 and shopify_id is not null) q
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = Enumerable.Range(1, parts - 1).Select(part => (double)part / parts).ToArray() });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task<long?> Median(IdSlice slice, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select percentile_disc(0.5) within group (order by shopify_id)
            from products where store_id = $1 and shopify_id > $2 and shopify_id < $3
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = slice.From });
        command.Parameters.Add(new() { Value = slice.To });
        return await command.ExecuteScalarAsync(cancel) as long?;
    }
}
