// Each journey starts a dashboard, a shop and a browser page: side by side they would only measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
