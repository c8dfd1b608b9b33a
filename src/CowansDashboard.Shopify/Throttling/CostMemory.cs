namespace CowansDashboard.Shopify.Throttling;

/// <summary>What the last requests of each kind asked for.</summary>
internal sealed class CostMemory(ThrottleOptions options)
{
    // Keys carry the size of a request, so a long-lived process could collect many.
    private const int MostKeys = 4096;

    private readonly Dictionary<string, double[]> last = new(StringComparer.Ordinal);

    public double Predict(string key, double estimate) =>
        ThrottleMath.PredictedCost(last.GetValueOrDefault(key), estimate, options.LargestQuery);

    public void Learn(string key, double requested)
    {
        if (requested <= 0)
        {
            return;
        }

        if (!last.TryGetValue(key, out var costs))
        {
            if (last.Count >= MostKeys)
            {
                last.Clear();
            }

            last[key] = costs = new double[Math.Max(1, options.Memory)];
        }

        Array.Copy(costs, 0, costs, 1, costs.Length - 1);
        costs[0] = requested;
    }
}
