using System.Data.Common;
using System.Text.Json.Nodes;
using CowansDashboard.Accounts;
using CowansDashboard.History;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>The draft of a product's page: read at the start, written while one types.</summary>
public sealed partial class ProductEditor
{
    private long? account;

    private DraftPlace? Place => account is { } person ? new(person, Store.Id, FormattableString.Invariant($"product:{Product.Id}")) : null;

    private async Task<JsonObject?> Snapshot()
    {
        JsonObject? content = null;
        await InvokeAsync(() => content = edits.Count == 0 ? null : DraftText.Write(edits.Typed));
        return content;
    }

    private Task Keep(JsonObject? content, CancellationToken cancel) => (Place, content) switch
    {
        (null, _) => Task.CompletedTask,
        ({ } place, null) => discardDraft.Discard(place, cancel),
        ({ } place, _) => saveDraft.Save(place, content, Product.Version, cancel),
    };

    private async Task Restore()
    {
        account = (await authentication.GetAuthenticationStateAsync()).User.AccountId;
        if (Place is not { } place)
            return;
        try
        {
            if (await readDraft.Read(place, gone.Token) is not { } kept)
                return;
            edits.Restore(DraftText.Read(kept.Content));
            draft.Found(kept.UpdatedAt);
            restoredFields = edits.Count;
            restored = edits.Count > 0 ? kept.UpdatedAt : null;
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = "Whether a draft is kept on the server could not be read. Load the page again before you type.";
        }
    }
}
