using CowansDashboard.Stores;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.Settings;

/// <summary>The shops of this installation, each with its connection, a test of it, and the ways to change or remove it.</summary>
public sealed partial class ShopsCard(ListStores list, RemoveStore remove, TestConnection test, CurrentStore current, Toasts toasts, TimeProvider clock)
{
    private readonly Dictionary<long, ConnectionTest> tests = [];
    private IReadOnlyList<StoreRow>? shops;
    private string? failure;
    private string? refused;
    private bool adding;
    private long? testing;
    private (long Id, Part Part)? open;

    private enum Part { Test, Edit, Remove }

    [Parameter] public bool Editable { get; set; }

    private TimeProvider Clock => clock;

    private TimeZoneInfo? Zone => current.Store?.TimeZone;

    protected override Task OnInitializedAsync() => Read();

    private async Task Read()
    {
        try
        {
            (shops, failure) = (await list.List(Gone), null);
        }
        catch (Exception wrong) when (wrong is System.Data.Common.DbException or TimeoutException)
        {
            failure = wrong.Message;
        }
    }

    private async Task Added(StoreRow store)
    {
        adding = false;
        await Refreshed();
        await Test(store.Id);
    }

    private async Task Changed(StoreRow store)
    {
        open = null;
        await Refreshed();
        await Test(store.Id);
    }

    private async Task Forget(StoreRow store)
    {
        switch (await remove.Remove(store.Id, Gone))
        {
            case StoreChange.Refused no:
                refused = no.Reason;
                break;
            default:
                open = null;
                await Refreshed();
                toasts.Say($"{store.Name} removed");
                break;
        }
    }

    private async Task Test(long id)
    {
        testing = id;
        StateHasChanged();
        try
        {
            tests[id] = await test.Test(id, Gone);
            open = (id, Part.Test);
        }
        catch (StoreNotConnectedException)
        {
            // Somebody removed it meanwhile: the list shows so.
        }
        finally
        {
            testing = null;
        }
        await Refreshed();
    }

    private void Open(long id, Part part)
    {
        refused = null;
        open = open == (id, part) ? null : (id, part);
    }

    private async Task Refreshed()
    {
        await Read();
        await current.Load(Gone);
    }

    private static Tone ToneOf(ConnectionTest test) => test switch { { Failures: > 0 } => Tone.Bad, { Warnings: > 0 } => Tone.Wait, _ => Tone.Ok };

    private static string Words(ConnectionTest test) => test switch
    {
        { Failures: > 0 } => test.Checks.First(check => check.State is CheckState.Failed).Result,
        { Warnings: > 0 } => $"Connected, {Figure.Count(test.Warnings, "warning")}",
        _ => "Connected",
    };

    private static string How(StoreRow shop) =>
        (shop.HasClientCredentials ? "Client ID, token renews daily" : "Access token") + $", {shop.ApiVersion}"
        + (shop.SetByServer ? ", from the server’s settings" : "");
}
