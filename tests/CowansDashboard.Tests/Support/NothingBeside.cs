namespace CowansDashboard.Tests.Support;

/// <summary>
/// Tests that measure a time which the product promises. They run one by one after all others, so that they measure the product and
/// not its neighbours: <c>[Collection(NothingBeside.Name)]</c>.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NothingBeside
{
    public const string Name = "Nothing beside";
}
