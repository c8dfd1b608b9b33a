namespace CowansDashboard.Webhooks.Subscriptions;

/// <summary>What came of a check.</summary>
public abstract record SubscriptionCheck
{
    private SubscriptionCheck() { }

    public abstract string Sentence { get; }

    /// <summary>Nobody said where Shopify reaches this dashboard: it lives by schedules alone.</summary>
    public sealed record NoAddress : SubscriptionCheck
    {
        public override string Sentence => $"No webhooks are registered: the dashboard’s public address is not set. {CallbackAddress.Right} Until then changes come with pulls alone.";
    }

    /// <summary>Shopify could not be asked; what is registered is not known.</summary>
    public sealed record Failed(string Why) : SubscriptionCheck
    {
        public override string Sentence => $"The subscriptions could not be checked. {Why}";
    }

    /// <param name="Right">Topics that are registered as they should be now.</param>
    /// <param name="Registered">Those of them that this check registered or corrected.</param>
    /// <param name="Lost">Those that were registered before and were gone or elsewhere.</param>
    /// <param name="Refused">Topics that Shopify would not have, with its words.</param>
    /// <param name="GapId">The time in which not everything was heard, when there was one.</param>
    public sealed record Done(int Right, int Registered, IReadOnlyList<string> Lost, IReadOnlyList<RefusedTopic> Refused, long? GapId) : SubscriptionCheck
    {
        public override string Sentence =>
            $"{Right} of {Right + Refused.Count} topics are registered."
            + (Lost.Count > 0 ? $" {Named(Lost)} had to be registered again; what was not heard meanwhile is pulled." : "")
            + (Refused.Count > 0 ? $" Shopify refused {Named([.. Refused.Select(each => each.Topic)])}: {Refused[0].Words}" : "");

        private static string Named(IReadOnlyList<string> topics) => topics.Count <= 3 ? string.Join(", ", topics) : $"{topics[0]}, {topics[1]} and {topics.Count - 2} more";
    }
}

/// <summary>A topic that Shopify would not register.</summary>
public sealed record RefusedTopic(string Topic, string Words);
