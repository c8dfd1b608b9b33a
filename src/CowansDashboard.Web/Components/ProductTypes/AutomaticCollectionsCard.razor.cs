using System.Data.Common;
using System.Globalization;
using CowansDashboard.Collections.Automatic;
using CowansDashboard.Runs;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Products;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.ProductTypes;

/// <summary>The rules by which types, vendors, tags and categories get collections of their own, and what they would do now.</summary>
public sealed partial class AutomaticCollectionsCard(
    ReadAutomaticCollections read, SaveAutomaticRule save, MakeAutomaticCollections make, NavigationManager navigation, Toasts toasts) : LiveComponent
{
    private const int MostShown = 100;

    private static readonly (GroupedBy By, string Title, string One)[] Kinds =
        [(GroupedBy.ProductType, "Types", "Type"), (GroupedBy.Vendor, "Vendors", "Vendor"), (GroupedBy.Tag, "Tags", "Tag"), (GroupedBy.Category, "Categories", "Category")];

    private GroupedBy chosen;
    private AutomaticPlan? plan;
    private AutomaticRule? kept;
    private string products = "", stock = "", pattern = "";
    private string? failure, wrong;
    private long readFor;

    [CascadingParameter] public ShellStore? Store { get; set; }

    [CascadingParameter] public Task<AuthenticationState> SignedIn { get; set; } = default!;

    private string One => Kinds.First(kind => kind.By == chosen).One.ToLowerInvariant();

    private int Fresh => plan?.New.Count() ?? 0;

    private IReadOnlyList<AutomaticLine> Shown => [.. plan!.Lines.Where(line => line.Step != AutomaticStep.Below || line.Collection is not null)];

    private int TooSmall => plan!.Lines.Count(line => line is { Step: AutomaticStep.Below, Collection: null });

    private string? Sum => plan is null ? null
        : Fresh == 0 ? $"{Figure.Count(plan.Now)} now"
        : $"{Figure.Count(plan.Now)} now; then {Figure.Count(plan.Now + Fresh)}: {Figure.Count(Fresh)} new";

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || readFor == Store.Id)
            return;
        (readFor, plan, kept, wrong) = (Store.Id, null, null, null);
        await Load();
    }

    protected override Task ReadAgainAsync() => Load();

    private Task Choose(GroupedBy by)
    {
        (chosen, plan, kept, wrong) = (by, null, null, null);
        return Load();
    }

    private Task Load() => Load(null);

    private async Task Load(AutomaticRule? instead)
    {
        var (store, by) = (readFor, chosen);
        try
        {
            var found = await read.Read(store, by, instead, Gone);
            if ((store, by) != (readFor, chosen))
                return;
            (plan, failure) = (found, null);
            if (instead is null)
                (kept, products, stock, pattern) = (found.Rule, Text(found.Rule.FewestProducts), Text(found.Rule.FewestInStock), found.Rule.NamePattern);
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = away.Message;
        }

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>What was typed, as a rule; what is no number is a problem of it.</summary>
    private AutomaticRule Typed => kept! with
    {
        NamePattern = pattern.Trim(),
        FewestProducts = int.TryParse(products, NumberStyles.AllowThousands | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var some) ? some : -1,
        FewestInStock = int.TryParse(stock, NumberStyles.AllowThousands | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var there) ? there : -1,
    };

    private bool IsShown => plan is { Rule: var shown } && Typed is var typed && (shown.NamePattern, shown.FewestProducts, shown.FewestInStock) == (typed.NamePattern, typed.FewestProducts, typed.FewestInStock);

    private Task Try(ChangeEventArgs change, Action<string> take) => Guarded(async () =>
    {
        take(change.Value?.ToString() ?? "");
        wrong = Typed.Problem?.Sentence;
        if (wrong is null)
            await Load(Typed);
    });

    private Task Apply() => Guarded(async () =>
    {
        // What is made is what was seen: limits that were typed a moment ago are shown first.
        if (!IsShown)
        {
            wrong = Typed.Problem?.Sentence;
            if (wrong is null)
                await Load(Typed);
            return;
        }
        string[] seen = [.. plan!.New.Select(line => line.Group.Value)];
        var asker = (await SignedIn).User.AsAskedBy();
        wrong = (await save.Save(readFor, Typed, asker, Gone))?.Sentence;
        if (wrong is not null)
            return;
        if (Fresh > 0)
        {
            var made = await make.Make(readFor, chosen, seen, asker, Gone);
            Trouble = made.Problems.Count == 0 ? null : string.Join(" ", made.Problems.Take(3));
            if (made.Made > 0)
                toasts.Say($"{Figure.Count(made.Made, "collection")} made; {(made.Made == 1 ? "it waits" : "they wait")} for a push", "See them", () =>
                {
                    navigation.NavigateTo("/collections");
                    return Task.CompletedTask;
                });
        }
        else
        {
            toasts.Say("The limits are kept");
        }
        await Load();
    });

    private Task MakeAgain(AutomaticLine line) => Guarded(async () =>
    {
        var made = await make.Make(readFor, chosen, [line.Group.Value], (await SignedIn).User.AsAskedBy(), Gone);
        Trouble = made.Problems.Count == 0 ? null : string.Join(" ", made.Problems.Take(3));
        await Load();
    });

    private Task Keep(ChangeEventArgs change) => Change(rule => rule with { IsKept = change.Value is true });

    private Task Sends(ChangeEventArgs change) => Change(rule => rule with { Sends = change.Value is true });

    private Task Place(long publication, bool isOn) => Change(rule => rule with { Publications = [.. rule.Publications.Where(id => id != publication), .. isOn ? [publication] : Array.Empty<long>()] });

    private Task LeaveOut(AutomaticLine line, bool isOut) => Change(rule => rule with
    {
        LeftOut = [.. rule.LeftOut.Where(value => !value.Equals(line.Group.Value, StringComparison.OrdinalIgnoreCase)), .. isOut ? [line.Group.Value] : Array.Empty<string>()],
    });

    private Task Change(Func<AutomaticRule, AutomaticRule> change) => Guarded(async () =>
    {
        // Limits that somebody only tries are not kept by it, and stay as they were typed.
        if (kept is null)
            return;
        kept = change(kept);
        wrong = (await save.Save(readFor, kept, (await SignedIn).User.AsAskedBy(), Gone))?.Sentence;
        if (wrong is null)
            await Load(Typed.Problem is null ? Typed : null);
    });

    private string Products(AutomaticLine line) => $"{GridState.Path}?{AutomaticRule.Word(chosen)}={Uri.EscapeDataString(line.Group.Value)}";

    private static string Said(AutomaticLine line) => line.Step switch
    {
        AutomaticStep.New => "New",
        AutomaticStep.Waits => "Made, waits for a push",
        AutomaticStep.Grows => $"Grows by {Figure.Count(line.Moves)}",
        AutomaticStep.Shrinks => $"Loses {Figure.Count(line.Moves)}",
        AutomaticStep.Stays => "As it is",
        AutomaticStep.Deleted => "Deleted here, can be restored",
        AutomaticStep.Gone => "Deleted before",
        AutomaticStep.LeftOut => "Left out",
        _ => $"{Figure.Count(line.Group.Active)} active, {Figure.Count(line.Group.InStock)} in stock: below the limits",
    };

    private static Tone ToneOf(AutomaticLine line) => line.Step switch
    {
        AutomaticStep.New or AutomaticStep.Waits or AutomaticStep.Grows or AutomaticStep.Shrinks => Tone.Pending,
        AutomaticStep.Stays => Tone.Ok,
        AutomaticStep.LeftOut or AutomaticStep.Deleted or AutomaticStep.Gone => Tone.Neutral,
        _ => Tone.Wait,
    };

    private static string? IconOf(AutomaticLine line) => line.Step switch
    {
        AutomaticStep.New => "plus",
        AutomaticStep.LeftOut or AutomaticStep.Deleted or AutomaticStep.Gone => "minus",
        _ => null,
    };
}
