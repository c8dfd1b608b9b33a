using CowansDashboard.Shopify.Bulk;

namespace CowansDashboard.Tests.Shopify;

public sealed class BulkPaceTests
{
    private static readonly BulkOptions Options = new();

    [Theory]
    [InlineData(0.1, 5, 2_500, 0.25)]
    [InlineData(1, 5, 2_500, 1)]
    [InlineData(3, 0, 2_500, 3)]
    [InlineData(60, 1_500, 2_500, 36)]
    [InlineData(60, 600, 2_500, 40)]
    [InlineData(10, 2_000, 2_500, 2.25)]
    [InlineData(10, 2_400, 2_500, 0.517)]
    [InlineData(10, 2_500, 2_500, 0.25)]
    public void The_next_look_is_where_the_end_should_be_and_never_further_than_it_has_run(double elapsed, long done, long all, double pause) =>
        BulkPace.NextLook(TimeSpan.FromSeconds(elapsed), done, all, Options).TotalSeconds.ShouldBe(pause, 0.01);

    [Theory]
    [InlineData(2, 0.25)]
    [InlineData(2_500, 2.5)]
    [InlineData(40_000, 5)]
    public void The_first_look_is_when_an_operation_can_be_far(long all, double pause) => BulkPace.FirstLook(all, Options).TotalSeconds.ShouldBe(pause, 0.001);

    [Theory]
    [InlineData(5.2)]
    [InlineData(12)]
    [InlineData(75)]
    [InlineData(150)]
    [InlineData(900)]
    public void An_operation_is_looked_at_a_few_times_and_found_over_soon_after_its_end(double takes)
    {
        var (at, looks) = (BulkPace.FirstLook(5_000, Options).TotalSeconds, 1);
        while (at < takes)
        {
            // It gains speed during its first tenth.
            var share = at / takes;
            var done = (long)(5_000 * (share < 0.1 ? share * share * 5 : 0.05 + (share - 0.1) / 0.9 * 0.95));
            at += BulkPace.NextLook(TimeSpan.FromSeconds(at), done, 5_000, Options).TotalSeconds;
            looks++;
        }

        (at - takes).ShouldBeLessThan(Math.Max(0.4, takes * 0.06));
        looks.ShouldBeLessThanOrEqualTo(9 + (int)(takes / 40));
    }
}
