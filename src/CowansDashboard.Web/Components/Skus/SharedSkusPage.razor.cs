using System.Data.Common;
using CowansDashboard.Catalog.Skus;
using CowansDashboard.Insights;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Products;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Skus;

/// <summary>SKUs that several variants share, with the variants, and the way to give them SKUs of their own.</summary>
public sealed partial class SharedSkusPage(ReadSharedSkus read, FindDuplicateSkus count, PrepareNewSkus prepare, NavigationManager navigation) : LiveComponent
{
    private const int RowsAtOnce = 50;

    private List<SharedSku>? rows;
    private long all, followed;
    private string? failure;
    private bool more;

    [CascadingParameter] public ShellStore? Store { get; set; }

    [CascadingParameter] public Task<AuthenticationState> SignedIn { get; set; } = default!;

    private string? Context => rows is not { Count: > 0 } ? null
        : $"{Figure.Count(all, "SKU names", "SKUs name")} more than one variant each: stock and orders of one could land on another. The oldest variant keeps its SKU; nothing changes before you have seen it.";

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || followed == Store.Id)
        {
            return;
        }
        followed = Store.Id;
        rows = null;
        await Load();
    }

    private async Task Load()
    {
        try
        {
            (rows, failure) = ([], null);
            await ReadOn();
            all = (await count.Find(followed, 1, Gone)).Skus;
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = away.Message;
        }
    }

    private async Task ReadOn()
    {
        var next = await read.Read(followed, rows is [.., var last] ? last.Sku : "", RowsAtOnce + 1, Gone);
        more = next.Count > RowsAtOnce;
        rows!.AddRange(next.Take(RowsAtOnce));
    }

    private Task ShowMore() => Guarded(ReadOn);

    private Task Prepare(string? sku) => Guarded(async () =>
    {
        if (await prepare.Prepare(followed, sku, (await SignedIn).User.AsAskedBy(), Gone) is { } preview)
        {
            navigation.NavigateTo(BulkEditPage.Url(preview));
            return;
        }
        Trouble = "No two variants share it any more.";
        await Load();
    });
}
