using System.Globalization;
using CowansDashboard.Search;
using CowansDashboard.Web.Components.Layout;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.Products;

/// <summary>The values of one filter: a list with counts, a range, or a moment. Choices take effect at once.</summary>
public sealed partial class FilterEditor(ListFacet facet) : IDisposable
{
    private static readonly (string Value, string Label)[] Recent = [("24h", "In the last 24 hours"), ("7d", "In the last 7 days"), ("30d", "In the last 30 days")];

    private readonly CancellationTokenSource gone = new();
    private CancellationTokenSource? finding;
    private IReadOnlyList<FacetValue>? values;
    private IReadOnlyList<string> chosen = [];
    private string how = FilterField.Any, containing = "", low = "", high = "";
    private string? failure;

    [Parameter, EditorRequired] public FilterField Field { get; set; } = FilterField.Status;
    [Parameter, EditorRequired] public ProductFilter Filter { get; set; } = ProductFilter.Everything;
    [Parameter, EditorRequired] public long Store { get; set; }
    [Parameter, EditorRequired] public string Currency { get; set; } = "USD";
    [CascadingParameter] public ShellStore? Shop { get; set; }
    [Parameter] public EventCallback<ProductFilter> OnChange { get; set; }
    [Parameter] public EventCallback OnDone { get; set; }

    private string Unit => Field.Kind is FilterKind.Money ? $", {Currency}" : "";

    private (string From, string To) Ends => Field.Kind is FilterKind.Moment ? ("since", "before") : ("min", "max");

    protected override async Task OnInitializedAsync()
    {
        how = Filter.Conditions.FirstOrDefault(condition => condition.Field == Field)?.Operator ?? Field.Operators[0];
        chosen = Filter.Values(Field, how);
        if (Field.Kind is not FilterKind.Choice and not FilterKind.YesNo)
            (low, high) = (Typed(Ends.From), Typed(Ends.To));
        if (Field.Kind is FilterKind.Choice)
            await Find();
    }

    // A date's box shows days only: what it cannot show, such as "7d", would be sent again unseen.
    private string Typed(string end) =>
        Filter.Values(Field, end) is [var value]
        && (Field.Kind is not FilterKind.Moment || DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) ? value : "";

    private async Task Find()
    {
        finding?.Cancel();
        finding?.Dispose();
        finding = CancellationTokenSource.CreateLinkedTokenSource(gone.Token);
        var cancel = finding.Token;
        try
        {
            if (containing.Length > 0)
                await Task.Delay(150, cancel);
            values = await facet.List(Store, Filter, Field, containing, cancel);
            failure = null;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // More was typed, or the editor was closed.
        }
        catch (Exception wrong) when (wrong is System.Data.Common.DbException or TimeoutException)
        {
            failure = "The values could not be counted: " + wrong.Message;
        }
    }

    // What is chosen stays in the list, even when the list no longer reaches it.
    private IEnumerable<(string Value, string Label, long? Count)> Shown()
    {
        var missing = chosen.Where(value => values!.All(each => each.Value != value) && containing.Length == 0);
        return [
            .. missing.Select(value => (value, ProductWords.Choice(Field, value), (long?)null)),
            .. values!.Select(each => (each.Value, Field.HoldsIds || Field == FilterField.Category ? each.Label : ProductWords.Choice(Field, each.Value) is "none" ? $"No {Field.Label.ToLowerInvariant()}" : ProductWords.Choice(Field, each.Value), (long?)each.Count))];
    }

    private static string Word(string @operator) => @operator switch { FilterField.None => "None of", FilterField.Every => "All of", _ => "Any of" };

    private Task Change(string to)
    {
        how = to;
        return chosen.Count == 0 ? Task.CompletedTask : OnChange.InvokeAsync(Filter.Without(Field).With(Field, how, chosen));
    }

    private Task Toggle(string value)
    {
        chosen = chosen.Contains(value) ? [.. chosen.Where(each => each != value)] : [.. chosen, value];
        return OnChange.InvokeAsync(Filter.Without(Field).With(Field, how, chosen));
    }

    private async Task Set(string value)
    {
        await OnChange.InvokeAsync(Filter.With(Field, FilterField.Any, value));
        await OnDone.InvokeAsync();
    }

    private async Task Apply(string? from, string? to)
    {
        var query = string.Join('&', new[] { (Ends.From, from), (Ends.To, to) }.Where(end => !string.IsNullOrWhiteSpace(end.Item2))
            .Select(end => $"{Field.Name}.{end.Item1}={Uri.EscapeDataString(end.Item2!.Trim())}"));
        var (read, problems) = FilterText.Read(query);
        failure = problems.Count > 0 ? problems[0].Message : null;
        if (failure is not null)
            return;
        var filter = Filter.Without(Field);
        foreach (var condition in read.Conditions)
            filter = filter.With(Field, condition.Operator, condition.Values);
        await OnChange.InvokeAsync(filter);
        await OnDone.InvokeAsync();
    }

    private Task ApplyRange() => Apply(low, high);

    public void Dispose()
    {
        gone.Cancel();
        finding?.Dispose();
        gone.Dispose();
    }
}
