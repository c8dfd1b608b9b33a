using System.Security.Claims;
using CowansDashboard.Search;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Web.Components.Sync;

namespace CowansDashboard.Web.Components.Products;

public abstract record PullAgainOutcome
{
    private PullAgainOutcome() { }

    public sealed record Started(long Run, int Products) : PullAgainOutcome;

    public sealed record Refused(string Reason) : PullAgainOutcome;
}

/// <summary>Starts a run that reads the chosen products from Shopify again.</summary>
public sealed class PullAgain(ReadSelection read, StartPull start)
{
    public async Task<PullAgainOutcome> Ask(long storeId, ProductSelection selection, ClaimsPrincipal person, CancellationToken cancel)
    {
        var products = await read.Read(storeId, selection, cancel);
        var request = new PullRequest(storeId, PullScope.Selection, person.AsAskedBy()) { ShopifyIds = products };
        return await start.Start(request, cancel) switch
        {
            StartPullOutcome.Started started => new PullAgainOutcome.Started(started.RunId, products.Count),
            StartPullOutcome.AlreadyActive active => new PullAgainOutcome.Refused(active.Sentence),
            StartPullOutcome.Wrong wrong => new PullAgainOutcome.Refused(wrong.Sentence),
            _ => throw new InvalidOperationException("Starting a pull has no other outcome."),
        };
    }
}
