using System.Globalization;
using CowansDashboard.Schedules.Recurring;
using CowansDashboard.Web.Components.Schedules;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Schedules.Recurring;

/// <summary>Two years of turns, over both changes of the clocks: UTC-8, UTC+13 in the south, half an hour, and zones whose summer time is their standard time.</summary>
public sealed class RhythmProperties
{
    private static readonly string[] Zones =
        ["America/Los_Angeles", "Pacific/Auckland", "America/Santiago", "Australia/Lord_Howe", "Europe/Dublin", "Africa/Casablanca"];

    private static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), Until = From.AddDays(740);

    [Fact]
    public void Every_day_of_the_calendar_has_its_turn_once()
    {
        foreach (var zone in Zones.Select(TimeZoneInfo.FindSystemTimeZoneById))
            Prop.ForAll(Minute(), minute =>
            {
                var at = TimeOnly.MinValue.AddMinutes(minute);
                var turns = Turns(new Rhythm(null, at), zone);
                var days = turns.Select(turn => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(turn, zone).DateTime)).ToList();

                days.Zip(days.Skip(1)).Where(pair => pair.Second != pair.First.AddDays(1)).ShouldBeEmpty($"{at} in {zone.Id}");
                // A time that the clocks leave out is the moment they go forward, which is never earlier.
                turns.Select(turn => TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(turn, zone).DateTime)).Where(shown => shown < at || shown > at.AddMinutes(60) && at.AddMinutes(60) > at).ShouldBeEmpty($"{at} in {zone.Id}");
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(12));
    }

    [Theory]
    [InlineData("America/Los_Angeles", 2, "2026-03-08", 1, "2026-11-01")]
    [InlineData("Europe/Dublin", 1, "2026-03-29", 1, "2026-10-25")]
    [InlineData("Pacific/Auckland", 2, "2026-09-27", 2, "2026-04-05")]
    public void Half_past_comes_once_on_the_day_without_it_and_once_on_the_day_with_two(string name, int left, string without, int doubled, string with)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(name);

        TimeZoneInfo.ConvertTime(On(without, left, zone).ShouldHaveSingleItem(), zone).TimeOfDay.ShouldBe(new TimeSpan(left + 1, 0, 0));
        var first = On(with, doubled, zone).ShouldHaveSingleItem();
        TimeZoneInfo.ConvertTime(first, zone).TimeOfDay.ShouldBe(new TimeSpan(doubled, 30, 0));
        TimeZoneInfo.ConvertTime(first.AddHours(1), zone).TimeOfDay.ShouldBe(new TimeSpan(doubled, 30, 0), "the first of the two");
    }

    [Fact]
    public void Between_two_turns_no_more_minutes_pass_than_were_said_and_each_day_begins_at_its_time()
    {
        foreach (var zone in Zones.Select(TimeZoneInfo.FindSystemTimeZoneById))
            Prop.ForAll(Minute(), Gen.Choose(Rhythm.Fewest, 1440).ToArbitrary(), (minute, minutes) =>
            {
                var at = TimeOnly.MinValue.AddMinutes(minute);
                var turns = Turns(new Rhythm(Math.Max(minutes, 45), at), zone);

                turns.Zip(turns.Skip(1)).Where(pair => pair.Second <= pair.First || pair.Second - pair.First > TimeSpan.FromMinutes(Math.Max(minutes, 45))).ShouldBeEmpty($"every {minutes} from {at} in {zone.Id}");
                var daily = Turns(new Rhythm(null, at), zone);
                daily.Except(turns).ShouldBeEmpty($"every {minutes} from {at} in {zone.Id}");
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(4));
    }

    [Fact]
    public void Days_of_the_week_are_those_of_the_shop()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Pacific/Auckland");
        var turns = Turns(new Rhythm(null, new TimeOnly(6, 0), Rhythm.MondayToFriday), zone);

        turns.Select(turn => TimeZoneInfo.ConvertTime(turn, zone).DayOfWeek).Distinct().Order()
            .ShouldBe([DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday]);
    }

    [Theory]
    [InlineData(20, 0, 127, "Every 20 min")]
    [InlineData(240, 90, 127, "Every 4 h from 01:30")]
    [InlineData(20, 0, 31, "Every 20 min, Mon to Fri")]
    [InlineData(0, 180, 127, "Daily 03:00")]
    [InlineData(0, 1080, 31, "Mon to Fri 18:00")]
    [InlineData(0, 360, 1, "Mondays 06:00")]
    [InlineData(0, 360, 37, "Mon, Wed and Sat 06:00")]
    public void It_reads_as_people_say_it(int every, int minute, int days, string words) =>
        RecurringWords.When(new Rhythm(every == 0 ? null : every, TimeOnly.MinValue.AddMinutes(minute), days)).ShouldBe(words);

    private static List<DateTimeOffset> On(string day, int hour, TimeZoneInfo zone) =>
        [.. Turns(Rhythm.Daily(hour, 30), zone).Where(turn => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(turn, zone).DateTime) == DateOnly.Parse(day, CultureInfo.InvariantCulture))];

    private static Arbitrary<int> Minute() => Gen.Frequency((1, Gen.Choose(0, 240)), (1, Gen.Choose(0, 1439))).ToArbitrary();

    private static List<DateTimeOffset> Turns(Rhythm rhythm, TimeZoneInfo zone)
    {
        var turns = new List<DateTimeOffset>();
        for (var next = rhythm.Next(From, zone); next < Until; next = rhythm.Next(next, zone))
            turns.Add(next);
        return turns;
    }
}
