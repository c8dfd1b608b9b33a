using CowansDashboard.Conflicts.Rules;
using CowansDashboard.Search;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Settings;

/// <summary>Who owns which field: rules in their order, tried on past conflicts before they are saved.</summary>
public sealed partial class RulesCard(ReadRules read, SaveRules save, SimulateRules simulate, ListFacet list, Toasts toasts)
{
    private const string OwnField = "own";

    private SavedRules? saved;
    private List<DraftRule>? draft;
    private RuleSimulation? simulation;
    private IReadOnlyList<RuleProblem> problems = [];
    private IReadOnlyList<FacetValue> vendors = [], collections = [];
    private string? failure, problem;
    private bool busy;

    [Parameter, EditorRequired] public long StoreId { get; set; }

    /// <summary>The person may change them.</summary>
    [Parameter] public bool Editable { get; set; }

    /// <summary>A field to begin a rule for, from a conflict's page.</summary>
    [Parameter] public string? ForField { get; set; }

    [CascadingParameter] public Task<AuthenticationState> SignedIn { get; set; } = default!;

    private bool IsChanged => draft is not null && saved is not null && !draft.Select(rule => rule.Now).SequenceEqual(saved.Rules.All);

    protected override async Task OnInitializedAsync()
    {
        await Read();
        if (draft is null)
            return;
        if (Editable && !string.IsNullOrEmpty(ForField))
        {
            draft.Insert(0, DraftRule.New(ForField));
            await Try();
        }
        vendors = await list.List(StoreId, ProductFilter.Everything, FilterField.Vendor, "", Gone);
        collections = await list.List(StoreId, ProductFilter.Everything, FilterField.Collection, "", Gone);
    }

    private async Task Read()
    {
        try
        {
            saved = await read.Read(StoreId, Gone);
            draft = [.. saved.Rules.All.Select(DraftRule.Of)];
            (failure, problem, problems) = (null, null, []);
            await Try();
        }
        catch (Exception wrong) when (wrong is System.Data.Common.DbException or TimeoutException)
        {
            failure = wrong.Message;
        }
    }

    private async Task Try()
    {
        problems = RuleChecks.Of([.. draft!.Select(rule => rule.Now)]);
        simulation = await simulate.Simulate(StoreId, new OwnershipRules([.. draft!.Select(rule => rule.Now)]), Gone);
    }

    private async Task Set(DraftRule rule, OwnershipRule now)
    {
        rule.Now = now;
        await Try();
    }

    private Task Field(DraftRule rule, ChangeEventArgs change) =>
        Set(rule, rule.Now with { Field = Typed(change) == OwnField ? "metafields.custom.care" : Typed(change) });

    private async Task Add(string field)
    {
        draft!.Add(DraftRule.New(field));
        await Try();
    }

    private async Task Remove(DraftRule rule)
    {
        draft!.Remove(rule);
        await Try();
    }

    private async Task Move(int place, int step)
    {
        (draft![place], draft[place + step]) = (draft[place + step], draft[place]);
        await Try();
    }

    private async Task Save()
    {
        (busy, problem) = (true, null);
        try
        {
            var by = (await SignedIn).User.AsAskedBy();
            switch (await save.Save(StoreId, [.. draft!.Select(rule => rule.Now)], saved!.Version, by.Id, by.Name, Gone))
            {
                case SaveRulesOutcome.Saved:
                    toasts.Say($"{Figure.Count(draft!.Count, "ownership rule")} saved");
                    await Read();
                    break;
                case SaveRulesOutcome.Stale stale:
                    problem = $"{stale.By} saved other rules since you opened this page. Discard yours to see them; nothing was overwritten.";
                    break;
                case SaveRulesOutcome.Refused refused:
                    problems = refused.Problems;
                    problem = "These rules are not saved yet: correct what is marked.";
                    break;
            }
        }
        finally
        {
            busy = false;
        }
    }

    private string Where(OwnershipRule rule) => rule.Scope switch
    {
        RuleScope.Collection => collections.FirstOrDefault(each => each.Value == rule.ScopeValue)?.Label is { } title ? $"in {title}" : $"in collection {rule.ScopeValue}",
        RuleScope.Vendor => $"of {rule.ScopeValue}",
        RuleScope.Namespace => $"metafields of {rule.ScopeValue}",
        _ => "all products",
    };

    private static string Title(string field) => OwnedFields.Groups.FirstOrDefault(group => group.Field == field).Title ?? field;

    private static string Pressed(DraftRule rule, FieldOwner owner) => rule.Now.Owner == owner ? "true" : "false";

    private static string Typed(ChangeEventArgs change) => change.Value?.ToString()?.Trim() ?? "";
}
