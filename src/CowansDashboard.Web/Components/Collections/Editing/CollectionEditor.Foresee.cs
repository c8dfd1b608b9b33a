using System.Data.Common;
using System.Globalization;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.Search;
using CowansDashboard.Web.Components.Products;

namespace CowansDashboard.Web.Components.Collections.Editing;

/// <summary>Who would enter and leave, asked of the copy while one types.</summary>
public sealed partial class CollectionEditor
{
    /// <summary>Milliseconds without a key before the copy is asked.</summary>
    private const int Pause = 300;

    private CancellationTokenSource? asking;
    private ForeseenMembers? foreseen;
    private TimeSpan? took;
    private string? problem, foreseenOf;
    private int skip;
    private bool slow, checking;

    private string Asked() => string.Join('\n', edits.Sources.Select(source => source.Text));

    // What can be asked besides is no reason to fail.
    private async Task ReadMetafields()
    {
        try
        {
            metafields = [.. (await listMetafields.List(Store.Id, Gone)).Where(one => one.Kind is not (MetafieldKind.Reference or MetafieldKind.ReferenceList))
                .Select(one => new ConditionMetafield(one.Kind, one.Definition, $"{one.Definition.Namespace}.{one.Definition.Key}"))];
        }
        catch (Exception away) when (away is DbException or TimeoutException or OperationCanceledException)
        {
            metafields = [];
        }
    }

    /// <summary>Whom the sources would hold; a later question ends the one before.</summary>
    private async Task Foresee(int pause)
    {
        asking?.Cancel();
        asking = CancellationTokenSource.CreateLinkedTokenSource(Gone);
        var cancel = asking.Token;
        foreseenOf = Asked();
        try
        {
            if (pause > 0)
            {
                skip = 0;
                await Task.Delay(TimeSpan.FromMilliseconds(pause), Clock, cancel);
            }
            checking = true;
            StateHasChanged();
            CollectionSource[] says = [.. edits.Sources.Select(source => source.Says)];
            var found = await name.Name(Store.Id, says, cancel);
            cancel.ThrowIfCancellationRequested();
            names = found;
            problem = !says.All(source => source.IsKnown) ? "A source or condition of it came with a later version of Shopify’s API, so the copy cannot tell whom it holds."
                : says.SelectMany(source => source.Collections).Any(id => !names.Collections.ContainsKey(id)) ? "It is made of a collection that is not in the copy, or keeps one out, so the copy cannot tell whom it holds."
                : null;
            if (problem is not null)
            {
                (foreseen, took, slow) = (null, null, false);
            }
            else
            {
                var began = Clock.GetTimestamp();
                var told = await foresee.Foresee(Store.Id, Collection.Row.Id, says, skip, ForeseenCard.Shown, cancel);
                cancel.ThrowIfCancellationRequested();
                (foreseen, took, slow) = (told, Clock.GetElapsedTime(began), false);
            }
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            // Something else was typed, or the page was left.
            return;
        }
        catch (Exception late) when (late is DbException or TimeoutException)
        {
            (foreseen, took, slow, problem, foreseenOf) = (null, null, true, "The copy took too long to tell. Nothing was changed.", null);
        }
        checking = false;
        StateHasChanged();
    }

    /// <summary>In the list of products they can be looked at, edited or put into another collection; what is typed here stays as a Draft.</summary>
    private async Task SelectMoved(bool entering)
    {
        checking = true;
        try
        {
            var all = await foresee.Foresee(Store.Id, Collection.Row.Id, [.. edits.Sources.Select(source => source.Says)], 0, ForeseenCard.MostSelected, Gone);
            kept.Keep(Store.Id, false, ProductSelection.Nothing.Set((entering ? all.Entering : all.Leaving).Select(product => product.Id), true));
            await Draft.Flush();
            var members = ProductFilter.Everything.With(FilterField.Collection, FilterField.Any, Collection.Row.Id.ToString(CultureInfo.InvariantCulture));
            Leaving = (entering ? new GridState() : new GridState().With(members)).ToUrl();
            Navigation.NavigateTo(Leaving);
        }
        catch (Exception late) when (late is DbException or TimeoutException)
        {
            Failure = "The copy did not answer. Nothing was selected: try again.";
        }
        finally
        {
            checking = false;
        }
    }

    private Task Page(int to)
    {
        skip = to;
        return Foresee(0);
    }
}
