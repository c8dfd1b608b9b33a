using CowansDashboard.Conflicts;

namespace CowansDashboard.Tests.Conflicts;

public sealed class ConflictFilterTests
{
    [Fact]
    public void Reading_what_was_printed_gives_the_same_filter()
    {
        var filter = new ConflictFilter
        {
            State = ConflictState.Settled, Field = "title", Entity = "inventory level", Vendor = "Åran & Söhne = 1", Collection = 3, Run = 4, Product = 5,
            Since = new(2026, 11, 20, 9, 30, 0, TimeSpan.Zero),
        };

        var (read, problems) = ConflictFilterText.Read(Parameters(ConflictFilterText.Print(filter)));

        read.ShouldBe(filter);
        problems.ShouldBeEmpty();
        ConflictFilterText.Print(ConflictFilter.Everything).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("state=closed", "state")]
    [InlineData("collection=winter", "collection")]
    [InlineData("since=yesterday", "since")]
    public void What_is_wrong_is_named_with_its_parameter(string query, string parameter) =>
        ConflictFilterText.Read(Parameters(query)).Problems.ShouldHaveSingleItem().Parameter.ShouldBe(parameter);

    [Fact]
    public void A_place_in_the_queue_survives_the_address()
    {
        var place = new ConflictPlace(new DateTimeOffset(2026, 11, 20, 9, 30, 1, TimeSpan.Zero).AddTicks(1_234_567), 42);

        ConflictPlace.Read(place.Text).ShouldBe(place);
        ConflictPlace.Read("99999999999999999999_1").ShouldBeNull();
        ConflictPlace.Read("1").ShouldBeNull();
    }

    private static Func<string, string?> Parameters(string query)
    {
        var parts = query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => Uri.UnescapeDataString(part[1]));
        return parts.GetValueOrDefault;
    }
}
