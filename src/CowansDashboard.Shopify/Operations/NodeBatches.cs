using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Wire;

namespace CowansDashboard.Shopify.Operations;

/// <summary>
/// Reads any number of rows by id in batches, answered in the order asked, null where nothing lives under an id.
/// How Shopify prices a list of ids is not documented: a batch that proves too dear is halved, and later ones start at that size.
/// </summary>
/// <typeparam name="T">What is read of each.</typeparam>
/// <param name="admin">The shop.</param>
/// <param name="ask">The request for one batch, such as <c>ids => Queries.ProductsById(ids)</c>.</param>
/// <param name="largest">How many ids a batch holds at first; Shopify takes 250.</param>
public sealed class NodeBatches<T>(ShopifyAdmin admin, Func<IReadOnlyCollection<ShopifyId>, Operation<NodesData<T>>> ask, int largest)
    where T : class
{
    private int size = Math.Clamp(largest, 1, 250);

    /// <summary>How many ids a batch holds by what has been learned.</summary>
    public int Size => size;

    /// <summary>Reads the rows, one batch after the other.</summary>
    public async IAsyncEnumerable<(ShopifyId Id, T? Node)> Read(
        IReadOnlyList<ShopifyId> ids, Lane lane, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        for (var next = 0; next < ids.Count;)
        {
            var batch = ids.Skip(next).Take(size).ToList();
            IReadOnlyList<T?> nodes;
            try
            {
                nodes = (await admin.Send(ask(batch), lane, cancel)).Data.Nodes;
            }
            catch (ShopifyFaultException dear) when (dear.Fault is ShopifyFault.MaxCostExceeded && batch.Count > 1)
            {
                size = Math.Min(size, batch.Count / 2);
                continue;
            }

            if (nodes.Count != batch.Count)
            {
                throw new ShopifyFaultException(new ShopifyFault.Unreadable($"{batch.Count} ids were asked for, {nodes.Count} rows came."));
            }

            for (var n = 0; n < nodes.Count; n++)
            {
                yield return (batch[n], nodes[n]);
            }

            next += batch.Count;
        }
    }
}
