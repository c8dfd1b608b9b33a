using CowansDashboard.Webhooks.Subscriptions;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>Checks a shop's webhook subscriptions and registers again what is gone.</summary>
public sealed class CheckSubscriptionsAgain(CheckSubscriptions check) : IRecurringTask
{
    string IRecurringTask.Work => RecurringKind.CheckWebhooks.Name;

    public async Task<RecurringResult> Perform(long storeId, CancellationToken cancel)
    {
        var outcome = await check.Check(storeId, cancel);
        return new RecurringResult(outcome is not SubscriptionCheck.Failed, outcome.Sentence);
    }
}
