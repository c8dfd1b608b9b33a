using System.Data.Common;
using System.Globalization;
using CowansDashboard.Collections;
using CowansDashboard.Web.Components.Kit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web.Virtualization;
using Microsoft.JSInterop;

namespace CowansDashboard.Web.Components.Collections.Editing;

/// <summary>
/// The products of a collection as pictures in their order. Only the rows in sight are drawn and read. They are dragged, or
/// moved by keys: Space lifts, arrows move, Esc puts back, Space or Enter puts down.
/// </summary>
public sealed partial class MembersGrid(DescribeMembers describe, IJSRuntime js) : IAsyncDisposable
{
    private const int PhoneRow = 236, WideRow = 190;

    private readonly CancellationTokenSource gone = new();
    private Dictionary<long, MemberTile?> tiles = [];
    private List<long> ids = [];
    private Dictionary<long, int> places = [];
    private IReadOnlyList<long>? shown;
    private object? read;
    private ElementReference box;
    private IJSObjectReference? script;
    private DotNetObjectReference<MembersGrid>? self;
    private Virtualize<int>? rows;
    private MemberTile? last;
    private long? lifted;
    private int from, columns, generation;
    private bool isPhone;
    private string said = "", typedPlace = "";
    private string? wrongPlace;

    [Parameter, EditorRequired] public long StoreId { get; set; }

    /// <summary>Everyone, in order.</summary>
    [Parameter, EditorRequired] public IReadOnlyList<long> Ids { get; set; } = [];

    /// <summary>Another object once what is shown of them may have changed.</summary>
    [Parameter] public object? Stamp { get; set; }

    [Parameter] public bool MayOrder { get; set; }
    [Parameter] public bool Busy { get; set; }
    [Parameter, EditorRequired] public string Currency { get; set; } = "USD";

    /// <summary>Whether this one can be taken out by hand.</summary>
    [Parameter] public Func<long, bool> Removable { get; set; } = _ => false;

    /// <summary>Who stands on top when the products are arranged.</summary>
    [Parameter] public IReadOnlyList<long> Pinned { get; set; } = [];

    [Parameter] public EventCallback<long> OnPin { get; set; }

    /// <summary>The order that somebody wants.</summary>
    [Parameter] public EventCallback<IReadOnlyList<long>> OnOrder { get; set; }

    [Parameter] public EventCallback<long> OnRemove { get; set; }

    private long? Chosen { get; set; }

    private float RowHeight => isPhone ? PhoneRow : WideRow;

    protected override async Task OnParametersSetAsync()
    {
        var isOther = !ReferenceEquals(shown, Ids);
        if (isOther)
        {
            shown = Ids;
            // What somebody holds in the hand stays there until it is put down.
            if (lifted is null || !Ids.Contains(lifted.Value))
            {
                lifted = null;
                var before = ids.Count;
                Take([.. Ids]);
                if (before != ids.Count)
                    generation++;
            }
            if (Chosen is { } chosen && !places.ContainsKey(chosen))
                Chosen = null;
        }
        if (!ReferenceEquals(read, Stamp))
        {
            read = Stamp;
            if (Chosen is { } named)
                last = Of(named) ?? last;
            tiles = [];
            isOther = true;
        }
        if (isOther && rows is not null)
            await rows.RefreshDataAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        try
        {
            self = DotNetObjectReference.Create(this);
            script = await js.InvokeAsync<IJSObjectReference?>("import", gone.Token, "./Components/Collections/Editing/MembersGrid.razor.js");
            if (script is not null)
                await script.InvokeVoidAsync("attach", gone.Token, box, self);
        }
        catch (Exception left) when (left is JSDisconnectedException or OperationCanceledException)
        {
            // The page was left.
        }
    }

    /// <summary>How many stand beside each other, as the box is wide.</summary>
    [JSInvokable]
    public void Fits(int beside, bool phone)
    {
        if (columns == beside && isPhone == phone)
            return;
        (columns, isPhone) = (beside, phone);
        StateHasChanged();
    }

    /// <summary>A key that the list heard.</summary>
    [JSInvokable]
    public async Task Key(string key)
    {
        if (ids.Count == 0)
            return;
        if (Chosen is not { } id)
        {
            Choose(ids[0]);
            await Show();
            return;
        }
        var to = Math.Clamp(Place(id) + key switch
        {
            "ArrowLeft" => -1,
            "ArrowRight" => 1,
            "ArrowUp" => -columns,
            "ArrowDown" => columns,
            "Home" => -ids.Count,
            "End" => ids.Count,
            _ => 0,
        }, 0, ids.Count - 1);
        switch (key)
        {
            case " " or "Enter" when lifted is not null:
                lifted = null;
                said = $"{Name(id)} put down on place {Figure.Count(Place(id) + 1)}.";
                if (Place(id) != from)
                    await Tell();
                break;
            case " " when MayOrder:
                (lifted, from) = (id, Place(id));
                said = $"{Name(id)} lifted from place {Figure.Count(from + 1)} of {Figure.Count(ids.Count)}. Arrows move it, Escape puts it back.";
                break;
            case "Escape" when lifted is not null:
                Put(id, from);
                lifted = null;
                said = $"{Name(id)} is back on place {Figure.Count(from + 1)}.";
                break;
            case not (" " or "Enter" or "Escape") when lifted is not null:
                Put(id, to);
                said = $"Place {Figure.Count(to + 1)}.";
                break;
            case not (" " or "Enter" or "Escape"):
                Choose(ids[to]);
                break;
        }
        await Show();
    }

    /// <summary>Dropped before or behind another one.</summary>
    [JSInvokable]
    public Task Dropped(long product, long beside, bool before)
    {
        if (!MayOrder || !places.ContainsKey(product) || !places.ContainsKey(beside) || product == beside)
            return Task.CompletedTask;
        var to = Place(beside) + (before ? 0 : 1);
        Chosen = product;
        return MoveTo(product, to > Place(product) ? to - 1 : to);
    }

    private async Task MoveTo(long product, int to)
    {
        (lifted, wrongPlace, Chosen, last) = (null, null, product, Of(product));
        to = Math.Clamp(to, 0, ids.Count - 1);
        if (to != Place(product))
        {
            Put(product, to);
            said = $"{Name(product)} is on place {Figure.Count(to + 1)} now.";
            await Tell();
        }
        await Show();
    }

    private Task MoveToTyped(long product)
    {
        if (int.TryParse(typedPlace.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place >= 1 && place <= ids.Count)
        {
            typedPlace = "";
            return MoveTo(product, place - 1);
        }
        wrongPlace = $"Type a place from 1 to {Figure.Count(ids.Count)}.";
        return Task.CompletedTask;
    }

    private void Choose(long product)
    {
        if (lifted is not null)
            return;
        (Chosen, wrongPlace, last) = (product, null, Of(product));
    }

    private void Put(long product, int to)
    {
        ids.RemoveAt(Place(product));
        ids.Insert(to, product);
        Take(ids);
    }

    private void Take(List<long> order)
    {
        ids = order;
        places = order.Select((id, place) => (id, place)).ToDictionary(one => one.id, one => one.place);
    }

    private int Place(long product) => places.GetValueOrDefault(product);

    // The chosen one is named above the list also while it is out of sight, where nobody reads it again.
    private MemberTile? Of(long product) => tiles.GetValueOrDefault(product) ?? (product == last?.ProductId ? last : null);

    private string Name(long product) => Of(product)?.Title ?? "The product";

    private async Task Tell()
    {
        List<long> wanted = [.. ids];
        shown = wanted;
        await OnOrder.InvokeAsync(wanted);
    }

    // The row of the chosen one comes into sight; its pictures are read as any others.
    private async Task Show()
    {
        if (rows is not null)
            await rows.RefreshDataAsync();
        StateHasChanged();
        if (script is not null && Chosen is { } id && columns > 0)
            await script.InvokeVoidAsync("show", gone.Token, box, Place(id) / columns, (int)RowHeight);
    }

    private async ValueTask<ItemsProviderResult<int>> Rows(ItemsProviderRequest request)
    {
        var total = (ids.Count + columns - 1) / columns;
        var (first, count) = (Math.Min(request.StartIndex, total), Math.Min(request.Count, Math.Max(0, total - request.StartIndex)));
        long[] missing = [.. ids.Skip(first * columns).Take(count * columns).Where(id => !tiles.ContainsKey(id))];
        if (missing.Length > 0)
        {
            try
            {
                var into = tiles;
                var found = await describe.Describe(StoreId, missing, request.CancellationToken);
                foreach (var id in missing)
                    into[id] = found.GetValueOrDefault(id);
            }
            catch (Exception away) when (away is DbException or TimeoutException)
            {
                // They stand without a picture, and are asked again with the next scroll.
            }
        }
        return new(Enumerable.Range(first, count), total);
    }

    public async ValueTask DisposeAsync()
    {
        await gone.CancelAsync();
        self?.Dispose();
        if (script is not null)
            try
            {
                await script.InvokeVoidAsync("detach", box);
                await script.DisposeAsync();
            }
            catch (Exception left) when (left is JSDisconnectedException or JSException or OperationCanceledException)
            {
                // The tab is gone.
            }
        gone.Dispose();
    }
}
