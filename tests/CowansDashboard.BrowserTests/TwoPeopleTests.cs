using CowansDashboard.BrowserTests.Support;
using CowansDashboard.Tests.Support;
using Microsoft.Playwright;

namespace CowansDashboard.BrowserTests;

/// <summary>Two people at one product: whoever saves second is offered a merge, and nobody is in their own way.</summary>
public sealed class TwoPeopleTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Ben = "ben@harlowfinch.example";
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 120_000 };
    private static readonly LocatorAssertionsToHaveValueOptions Value = new() { Timeout = 120_000 };

    [Fact]
    public async Task The_second_to_save_a_field_is_offered_a_merge_other_fields_just_fit_and_one_person_saves_twice_in_peace()
    {
        await using var dashboard = new Dashboard(Administrator.Settings);
        await dashboard.Start();
        var database = dashboard.Database;
        var product = await Pulled.Product(database);
        await database.Scalar<long>("""
            insert into accounts (name, email, normalized_email, user_name, normalized_user_name, role, password_hash, security_stamp, concurrency_stamp, password_set_at)
            select 'Ben', $1, upper($1), $1, upper($1), 'merchandiser', password_hash, 'ben', 'ben', now() from accounts limit 1 returning id
            """, Ben);

        await chromium.Journey(dashboard.Address, async ines =>
        {
            await Open(ines, Administrator.Email);
            await chromium.Journey(dashboard.Address, async ben =>
            {
                await Open(ben, Ben);
                await Type(ben, "Title", "Ben’s jumper");
                await Save(ben);
                await Type(ben, "Vendor", "Ben’s mill");
                await Save(ben);
            }, "The second to save, Ben");

            await Type(ines, "Title", "Ines’s jumper");
            await Type(ines, "Type", "Knitwear");
            await ines.Page.Keyboard.PressAsync("Control+s");
            var offer = ines.Page.GetByRole(AriaRole.Group, new() { Name = "Two values for Title" });
            await Assertions.Expect(offer).ToContainTextAsync("Ben saved", new() { Timeout = 120_000 });
            await Assertions.Expect(offer).ToContainTextAsync("Ben’s jumper");
            (await database.Scalar<string>("select concat_ws(', ', title, vendor, product_type) from products")).ShouldBe("Ben’s jumper, Ben’s mill, ", "nothing of hers is saved before she has chosen");
            await offer.GetByRole(AriaRole.Button, new() { Name = "Keep mine" }).ClickAsync();
            await Save(ines);
            (await database.Scalar<string>("select concat_ws(', ', title, vendor, product_type) from products")).ShouldBe("Ines’s jumper, Ben’s mill, Knitwear");

            await Type(ines, "Title", "Once more");
            await Save(ines);
            await Type(ines, "Title", "And again");
            await Save(ines);
            (await ines.Page.GetByText("saved by somebody else").CountAsync()).ShouldBe(0);
            (await database.Scalar<string>("select title || ' ' || (pending ->> 'title') from products")).ShouldBe("And again Aran Jumper");
        });

        async Task Open(Journey journey, string email)
        {
            await journey.SignIn($"/products/{product}", email);
            await Assertions.Expect(journey.Page.GetByLabel("Title", new() { Exact = true })).ToHaveValueAsync("Aran Jumper", Value);
        }
    }

    private static Task Type(Journey journey, string field, string text) => journey.Page.GetByLabel(field, new() { Exact = true }).FillAsync(text);

    private static async Task Save(Journey journey)
    {
        var unsaved = journey.Page.GetByRole(AriaRole.Region, new() { Name = "Unsaved changes" });
        await Assertions.Expect(unsaved).ToBeVisibleAsync(Patient);
        await journey.Page.Keyboard.PressAsync("Control+s");
        await Assertions.Expect(unsaved).ToBeHiddenAsync(new() { Timeout = 120_000 });
    }
}
