using System.Data.Common;
using System.Text.Json.Nodes;
using CowansDashboard.Accounts;
using CowansDashboard.History;
using CowansDashboard.Web.Components.Products.Editing;

namespace CowansDashboard.Web.Components.Collections.Editing;

/// <summary>The draft of a collection's page: read at the start, written while one types.</summary>
public sealed partial class CollectionEditor
{
    private long? account;

    private DraftPlace? Place => account is { } person ? new(person, Store.Id, FormattableString.Invariant($"collection:{Collection.Row.Id}")) : null;

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
        ({ } place, _) => saveDraft.Save(place, content, Collection.Row.Version, cancel),
    };

    private async Task Restore()
    {
        account = (await authentication.GetAuthenticationStateAsync()).User.AccountId;
        if (Place is not { } place)
            return;
        try
        {
            if (await readDraft.Read(place, gone.Token) is not { } found)
                return;
            edits.Restore(DraftText.Read(found.Content));
            Arrange();
            draft.Found(found.UpdatedAt);
            restoredFields = edits.Count;
            restored = edits.Count > 0 ? found.UpdatedAt : null;
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = "Whether a draft is kept on the server could not be read. Load the page again before you type.";
        }
    }
}
