using CowansDashboard.Runs;
using CowansDashboard.Web.Components.Layout;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.Kit.Gallery;

public sealed partial class KitPage(IHostEnvironment environment, NavigationManager navigation, ShellFeed feed, Toasts toasts, TimeProvider clock)
{
    ShellState before = ShellState.Empty;

    IHostEnvironment Environment => environment;

    protected override void OnInitialized()
    {
        if (!environment.IsDevelopment())
        {
            navigation.NotFound();
        }
    }

    void SayToast() => toasts.Say("Price changed in 412 products", "Undo", () =>
    {
        toasts.Say("Undone in 412 products");
        return Task.CompletedTask;
    });

    void EmptyFrame() => feed.Set(_ => before);

    // Invented data in the frame, so that its look can be judged without a shop.
    void FillFrame()
    {
        var now = clock.GetUtcNow();
        var london = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");
        var first = new ShellStore(1, "Harlow & Finch", "GBP", london, "Advanced plan");
        before = feed.State;
        feed.Set(_ => new ShellState
        {
            Person = new(1, "Ines Moreau", "ines@harlowfinch.example", "Merchandiser", MayAct: false),
            Stores = [first, new(2, "Harlow & Finch Outlet, the second shop of the house", "EUR", london)],
            Store = first,
            DataAsOf = now.AddMinutes(-2),
            Budget = new(3412, 4000, 200),
            Runs =
            [
                new(1918, "Pull everything", RunStatus.Running) { Done = .74, RowsPerSecond = 3252, Started = now.AddMinutes(-7), Ends = now.AddSeconds(253) },
                new(1917, "Pull changes", RunStatus.Waiting) { Reason = "first in line when “Pull everything” is done", Started = now.AddMinutes(-1) },
                new(1916, "Pull everything", RunStatus.Failed) { Finished = now.AddMinutes(-40), Reason = "Shopify refused the token", Started = now.AddMinutes(-48) },
                new(1915, "Pull changes", RunStatus.Succeeded) { Finished = now.AddMinutes(-60), Reason = "114 changed in 9 s", Started = now.AddMinutes(-68) },
            ],
        });
    }
}
