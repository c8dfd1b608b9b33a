using System.Data.Common;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.History;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>A product made here, from nothing or from another one.</summary>
public sealed partial class NewProductPage(
    CreateProduct create, DuplicateProduct duplicate, ReadProduct read, NavigationManager navigation, AuthenticationStateProvider authentication) : IDisposable
{
    private readonly CancellationTokenSource gone = new();
    private ProductDetails? source;
    private string title = "", vendor = "", type = "", price = "";
    private string? failure;
    private bool skus, media = true, metafields = true, busy;

    /// <summary>The product to copy.</summary>
    [SupplyParameterFromQuery] public long? From { get; set; }

    [CascadingParameter] public ShellStore? Store { get; set; }

    private string Heading => From is null ? "New product" : "Duplicate a product";

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || From is not { } id || source?.Id == id)
            return;
        await Try(async () =>
        {
            source = await read.Read(Store.Id, id, gone.Token);
            if (source is null)
                failure = "The product to copy is not in this shop.";
            else
                title = $"Copy of {source.Title}";
        });
    }

    private async Task Create()
    {
        if (busy)
            return;
        if (source is null && FieldShapes.Read(FieldShape.Money, price) is Understood.Wrong wrong)
        {
            failure = wrong.Sentence;
            return;
        }
        busy = true;
        await Try(async () =>
        {
            var person = (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
            var head = new ChangeSetHead(Store!.Id, source is null ? ChangeSetKind.Create : ChangeSetKind.Duplicate, source is null ? $"{title}, new" : $"{title}, from {source.Title}", null, person.Id, person.Name);
            switch (await Make(head))
            {
                case SaveOutcome.Saved saved:
                    navigation.NavigateTo(ProductPagePath.Of(saved.Created[CreateProduct.Key]));
                    break;
                case SaveOutcome.Refused refused:
                    failure = string.Join(" ", refused.Problems.Select(problem => problem.Sentence).Distinct());
                    break;
                case null:
                    failure = "The product to copy is no longer in this shop.";
                    break;
            }
        });
        busy = false;
    }

    private async Task<SaveOutcome?> Make(ChangeSetHead head) => source is not null
        ? await duplicate.Duplicate(head, source.Id, title.Trim(), new CopiedParts(skus, media, metafields), gone.Token)
        : await create.Create(head, new NewProduct(new JsonObject { ["title"] = title.Trim(), ["vendor"] = vendor.Trim(), ["product_type"] = type.Trim(), ["status"] = "DRAFT" })
        {
            Variants = [new JsonObject { ["price"] = ((Understood.As)FieldShapes.Read(FieldShape.Money, price)).Value?.DeepClone() }],
        }, gone.Token);

    private async Task Try(Func<Task> work)
    {
        try
        {
            failure = null;
            await work();
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = "The copy did not answer. Nothing was made: try again.";
        }
    }

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
    }
}
