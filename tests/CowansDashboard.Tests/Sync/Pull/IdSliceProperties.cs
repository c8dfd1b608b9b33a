using CowansDashboard.Sync.Pull;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Sync.Pull;

public sealed class IdSliceProperties
{
    [Fact]
    public void Slices_between_any_bounds_hold_every_id_exactly_once() => Prop.ForAll<long[], long>((bounds, id) =>
    {
        var slices = IdSlice.Between(bounds.Order());
        var wanted = id & (long.MaxValue - 1);
        return slices.Count(slice => slice.From <= wanted && wanted < slice.To) == 1 && slices[0].From == 0 && slices[^1].To == long.MaxValue;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Halves_meet_and_are_both_smaller() => Prop.ForAll<long, long, long>((one, other, at) =>
    {
        var (from, to) = (Math.Abs(one % 1_000_000), Math.Abs(other % 1_000_000));
        var slice = new IdSlice(Math.Min(from, to), Math.Max(from, to));
        return slice.Halve(at) is var (low, high)
            ? low.From == slice.From && low.To == high.From && high.To == slice.To && low.To > low.From && high.To > high.From
            : slice.To - slice.From < 2;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Halving_without_any_known_id_ends_at_single_ids()
    {
        var (slice, steps) = (IdSlice.All, 0);
        while (slice.Halve(null) is var (low, _))
            (slice, steps) = (low, steps + 1);
        steps.ShouldBe(62);
    }

    [Theory]
    [InlineData(0, long.MaxValue, "vendor:x")]
    [InlineData(5, long.MaxValue, "vendor:x AND id:>=5")]
    [InlineData(0, 9, "vendor:x AND id:<9")]
    [InlineData(5, 9, "vendor:x AND id:>=5 AND id:<9")]
    public void The_filter_is_narrowed(long from, long to, string expected) => new IdSlice(from, to).Narrow("vendor:x").ShouldBe(expected);

    [Fact]
    public void A_moment_is_written_in_quotes_and_in_utc() =>
        ListChanged.Filter(new DateTimeOffset(2026, 11, 21, 1, 2, 3, TimeSpan.FromHours(13))).ShouldBe("updated_at:>='2026-11-20T12:02:03Z'");
}
