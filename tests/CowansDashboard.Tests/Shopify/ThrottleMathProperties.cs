using CowansDashboard.Shopify.Throttling;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Shopify;

public sealed class ThrottleMathProperties
{
    private static readonly Gen<double> Points = Gen.Choose(-1_000, 60_000).Select(n => n / 3.0);
    private static readonly Gen<double> Rates = Gen.OneOf(Gen.Constant(0.0), Gen.Choose(1, 20_000).Select(n => n / 10.0));
    private static readonly Gen<TimeSpan> Spans = Gen.Choose(-1_000, 1_000_000).Select(ms => TimeSpan.FromMilliseconds(ms));

    [Fact]
    public void A_bucket_is_never_below_zero_nor_above_its_size() => Prop.ForAll(
        Gen.Zip(Points, Points).Zip(Rates).Zip(Spans).ToArbitrary(),
        given =>
        {
            var (((level, maximum), rate), elapsed) = given;
            var after = ThrottleMath.Restored(level, maximum, rate, elapsed);
            return after >= 0 && after <= Math.Max(0, maximum);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void After_the_wait_and_no_tick_earlier_the_points_are_there() => Prop.ForAll(
        Gen.Zip(Points, Points).Zip(Points).Zip(Rates).ToArbitrary(),
        given =>
        {
            var (((needed, level), maximum), rate) = given;
            level = Math.Clamp(level, 0, Math.Max(0, maximum));
            if (ThrottleMath.WaitFor(needed, level, maximum, rate) is not { } wait)
            {
                return needed > maximum || rate <= 0;
            }

            var enough = ThrottleMath.Restored(level, maximum, rate, wait) >= needed - 1e-6;
            var notEarlier = wait == TimeSpan.Zero
                || ThrottleMath.Restored(level, maximum, rate, wait - TimeSpan.FromTicks(2)) < needed + 1e-6;
            return enough && notEarlier;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_prediction_is_the_dearest_of_the_last_answers_within_what_is_allowed() => Prop.ForAll(
        Points.ArrayOf().Zip(Points).Zip(Gen.Choose(1, 1000).Select(n => (double)n)).ToArbitrary(),
        given =>
        {
            var ((last, estimate), maximum) = given;
            var predicted = ThrottleMath.PredictedCost(last, estimate, maximum);
            var dearest = last.Where(cost => cost > 0).DefaultIfEmpty(estimate).Max();
            return predicted >= 1 && predicted <= maximum && (predicted >= dearest || predicted == maximum);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_corrected_count_lies_between_the_least_and_the_most_that_can_be_true() => Prop.ForAll(
        Gen.Zip(Points, Points).Zip(Gen.Zip(Points, Points)).Zip(Gen.Zip(Rates, Spans)).ToArbitrary(),
        given =>
        {
            var (((level, reported), (unseen, refunded)), (rate, age)) = given;
            const double Maximum = 2000;
            reported = Math.Clamp(reported, 0, Maximum);
            unseen = Math.Max(0, unseen);
            refunded = Math.Max(0, refunded);
            var corrected = ThrottleMath.Corrected(level, reported, unseen, refunded, age, rate, Maximum);
            var most = reported + refunded + rate * Math.Max(0, age.TotalSeconds);
            return corrected is >= 0 and <= Maximum && corrected >= reported - unseen - 1e-9 && corrected <= most + 1e-9;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_unseen_means_the_report_is_the_truth() =>
        ThrottleMath.Corrected(level: 900, reported: 400, unseen: 0, refunded: 0, TimeSpan.Zero, 100, 2000).ShouldBe(400);

    [Fact]
    public void Workers_are_between_two_and_ten_and_grow_with_the_plan() => Prop.ForAll(
        Gen.Zip(Rates, Points).Zip(Gen.Zip(Spans, Gen.Elements(0.0, 0.4, 0.6, 1.0))).Zip(Gen.Elements(true, false)).ToArbitrary(),
        given =>
        {
            var (((rate, cost), (latency, fill)), throttled) = given;
            var workers = ThrottleMath.Workers(rate, cost, latency, fill, throttled);
            return workers is >= ThrottleMath.MinimumWorkers and <= ThrottleMath.MaximumWorkers
                && ThrottleMath.Workers(rate * 10, cost, latency, fill, throttled) >= workers
                && ThrottleMath.Workers(rate, cost, latency, fill, justThrottled: true) <= workers;
        }).QuickCheckThrowOnFailure();
}
