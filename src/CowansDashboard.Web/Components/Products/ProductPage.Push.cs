using CowansDashboard.Search;
using CowansDashboard.Sync.Push;
using CowansDashboard.Web.Components.Sync;

namespace CowansDashboard.Web.Components.Products;

/// <summary>What waits on this product, sent from its page: the plan is made and shown, nothing is sent by the press alone.</summary>
public sealed partial class ProductPage
{
    private bool MaySend => MayEdit && (SyncState)product!.SyncState is SyncState.Pending or SyncState.HereOnly or SyncState.Conflict;

    private async Task Send()
    {
        if (editor is { Unsaved: > 0 })
        {
            problem = "Save or discard what is typed first: only what is saved can be sent.";
            return;
        }
        (asking, problem) = (true, null);
        try
        {
            var person = (await authentication.GetAuthenticationStateAsync()).User;
            switch (await preparePush.Prepare(new PushRequest(Store!.Id, product!.Title, person.AsAskedBy()) { ProductIds = [Id] }, gone.Token))
            {
                case PreparePushOutcome.Prepared prepared:
                    navigation.NavigateTo(FormattableString.Invariant($"/sync/push/{prepared.PlanId}"));
                    break;
                case PreparePushOutcome.NothingWaits nothing:
                    problem = nothing.Sentence;
                    break;
            }
        }
        catch (Exception away) when (away is System.Data.Common.DbException or TimeoutException)
        {
            problem = "The copy did not answer. No plan was made: try again.";
        }
        finally
        {
            asking = false;
        }
    }
}
