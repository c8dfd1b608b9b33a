using System.Data.Common;
using System.Globalization;
using CowansDashboard.Catalog;
using CowansDashboard.Collections;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.Search;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Products;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace CowansDashboard.Web.Components.Collections.Editing;

/// <summary>One condition: what is asked, how, and the values. Categories and collections are picked, the rest is typed.</summary>
public sealed partial class ConditionRow(FindCategories categories) : IDisposable
{
    private const string AllOfThem = "all";

    private readonly WhileTyping typing = new();
    private readonly Dictionary<string, string> picked = [];
    private readonly string listId = "cond-" + Guid.NewGuid().ToString("N")[..8];
    private IReadOnlyList<(string Value, string Said)>? found;
    private IReadOnlyList<string> suggested = [];
    private string typed = "", foundFor = "";
    private string? asked;

    [Parameter, EditorRequired] public ConditionDraft Draft { get; set; } = default!;
    [Parameter, EditorRequired] public long StoreId { get; set; }
    [Parameter] public string Join { get; set; } = "";
    [Parameter] public bool Excludes { get; set; }
    [Parameter] public bool Disabled { get; set; }
    [Parameter] public ReferenceNames Names { get; set; } = ReferenceNames.None;

    /// <summary>The metafields that can be asked.</summary>
    [Parameter] public IReadOnlyList<ConditionMetafield> Metafields { get; set; } = [];

    [Parameter, EditorRequired] public string Currency { get; set; } = "USD";
    /// <summary>Values that products have of a field.</summary>
    [Parameter] public Func<FilterField, Task<IReadOnlyList<string>>>? Known { get; set; }

    [Parameter] public EventCallback<ConditionDraft> OnChange { get; set; }
    [Parameter] public EventCallback OnRemove { get; set; }

    /// <summary>Values are chosen from a list, by what they are called.</summary>
    private bool Picks => Draft.Field == ConditionDraft.Category;

    private string Prompt => Picks ? "Search categories" : "Value";

    private IReadOnlyList<ConditionMetafield> Offered =>
        Draft.Metafield is { } own && Metafields.All(each => each.Choice != own.Choice) ? [.. Metafields, own] : Metafields;

    // Values that products have are asked for once somebody is about to type one, and once for all rows.
    private async Task Suggest()
    {
        if (asked == Draft.Field || Known is null)
            return;
        asked = Draft.Field;
        suggested = Draft.Field switch
        {
            ConditionDraft.Tag => await Known(FilterField.Tag),
            "ProductType" => await Known(FilterField.Type),
            "Vendor" => await Known(FilterField.Vendor),
            _ => [],
        };
    }

    private Task Ask(string? choice) => OnChange.InvokeAsync(
        Offered.FirstOrDefault(each => each.Choice == choice) is { } metafield ? ConditionDraft.New(metafield) : ConditionDraft.New(choice ?? ConditionDraft.Tag));

    private Task Type(string? text)
    {
        typed = text ?? "";
        if (!Picks)
            return Task.CompletedTask;
        var (asked, words) = (typed, typed.Trim());
        return typing.Ask(async cancel =>
        {
            try
            {
                IReadOnlyList<(string, string)>? answer = words.Length < 2 ? null : [.. (await categories.Find(words, cancel)).Select(each => (each.Id, each.FullName))];
                cancel.ThrowIfCancellationRequested();
                // What was chosen meanwhile has emptied the box.
                if (asked == typed)
                    (found, foundFor) = (answer, asked);
            }
            catch (Exception away) when (!cancel.IsCancellationRequested && away is DbException or TimeoutException)
            {
                found = null;
            }
        });
    }

    private Task Key(KeyboardEventArgs key) => key.Key != "Enter" ? Task.CompletedTask
        // Found for an earlier text, it is not what was typed.
        : Picks ? (found is [var first, ..] && foundFor == typed ? Pick(first.Value, first.Said) : Task.CompletedTask)
        : TakeTyped();

    // A picked value needs to be picked.
    private Task TakeTyped() => Picks ? Task.CompletedTask : Add(typed);

    private Task Pick(string value, string said)
    {
        picked[value] = said;
        return Add(value);
    }

    private Task Add(string? text)
    {
        var value = text?.Trim() ?? "";
        (typed, found) = ("", null);
        return value.Length == 0 || Draft.Values.Contains(value) ? Task.CompletedTask : OnChange.InvokeAsync(Draft.With(values: [.. Draft.Values, value]));
    }

    private string Shown(string value) => Draft.Field switch
    {
        ConditionDraft.Status => ProductWords.Status(value),
        ConditionDraft.Category => picked.GetValueOrDefault(value) ?? Names.Categories.GetValueOrDefault(value) ?? value,
        ConditionDraft.InCollections => picked.GetValueOrDefault(value) ?? (Names.Collections.TryGetValue(long.Parse(value, CultureInfo.InvariantCulture), out var named) ? named.Title : "A collection that is not in the copy"),
        _ => value,
    };

    public void Dispose() => typing.Dispose();
}
