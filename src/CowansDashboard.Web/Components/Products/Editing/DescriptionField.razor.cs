using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Radzen;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>The description as text or as its source. The stored HTML changes only where the person changed it.</summary>
public sealed partial class DescriptionField(IJSRuntime js)
{
    private EditableHtml editable = new("");
    private string shown = "";
    private bool source, chosen;
    private int generation;
    private ElementReference box;
    private IJSObjectReference? script;
    private int tamed = -1;

    [Parameter, EditorRequired] public FieldEdits Edits { get; set; } = default!;

    [Parameter, EditorRequired] public FieldKey Key { get; set; }

    protected override void OnParametersSet()
    {
        var text = Edits.Text(Key);
        if (generation > 0 && text == shown)
            return;
        // Another text than this box wrote: taken back, restored, or pulled.
        Begin(text);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (source || tamed == generation)
            return;
        tamed = generation;
        script ??= await js.InvokeAsync<IJSObjectReference?>("import", "./Components/Products/Editing/DescriptionField.razor.js");
        if (script is not null)
            await script.InvokeVoidAsync("tame", box);
    }

    private void Begin(string text)
    {
        shown = text;
        editable = new(text);
        generation++;
        if (!chosen || !editable.CanShow)
            source = editable.Loses;
    }

    private void Show(bool asSource)
    {
        chosen = true;
        source = asSource;
        Begin(Edits.Text(Key));
    }

    private void Typed(string html)
    {
        var text = editable.Read(html);
        if (text == shown)
            return;
        shown = text;
        Edits.Type(Key, text);
    }

    private void SourceTyped(string? typed)
    {
        shown = typed ?? "";
        editable = new(shown);
        Edits.Type(Key, shown);
    }

    private static void Pasted(HtmlEditorPasteEventArgs paste) => paste.Html = EditableHtml.Pasted(paste.Html ?? "");

    private static string Said(string box) => box switch { "note" => "A comment", "picture" => "A picture without an address of the web", _ => $"<{box}>" };

    public async ValueTask DisposeAsync()
    {
        if (script is null)
            return;
        try
        {
            await script.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The tab is gone.
        }
    }
}
