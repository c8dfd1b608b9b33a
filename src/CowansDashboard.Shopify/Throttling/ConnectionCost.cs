namespace CowansDashboard.Shopify.Throttling;

/// <summary>What a page of a connection costs: not its rows, but two times their logarithm. Pure.</summary>
public static class ConnectionCost
{
    /// <summary>How many times a row's own cost is charged for a page of so many rows.</summary>
    public static int Rows(int first) => (int)Math.Floor(2 * Math.Log(Math.Max(2, first)));

    /// <summary>The largest page that holds so many rows and costs no more than that; never more than <paramref name="most"/>.</summary>
    public static int PageFor(int rows, int most)
    {
        var page = Math.Max(2, rows);
        for (var cost = Rows(page); page < most && Rows(page + 1) == cost;)
        {
            page++;
        }

        return Math.Min(page, most);
    }
}
