using CowansDashboard.Stores;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.Settings;

/// <summary>How a shop is reached: for a new one, or for one whose connection changes. What was typed stays when it is refused.</summary>
public sealed partial class ConnectForm(AddStore add, ChangeStore change, TestConnection test, ShopifyOptions options) : IDisposable
{
    private static readonly string[] Known = ["Shop", "Name", "AccessToken", "ClientId", "ClientSecret", "ApiVersion"];

    private readonly CancellationTokenSource gone = new();
    private bool byToken;
    private bool viaHost;
    private bool busy;
    private string shop = "";
    private string name = "";
    private string token = "";
    private string clientId = "";
    private string secret = "";
    private string version = ApiVersion.Current;
    private StoreChange.Refused? refused;

    /// <summary>The store to change; null connects a new one.</summary>
    [Parameter] public StoreRow? Editing { get; set; }

    [Parameter] public EventCallback<StoreRow> OnSaved { get; set; }

    [Parameter] public EventCallback OnCancel { get; set; }

    private ShopifyOptions Options => options;

    private string? Kept => Editing is not null && Editing.HasClientCredentials == !byToken ? "kept as it is" : null;

    protected override void OnInitialized()
    {
        if (Editing is not null)
            (name, version, byToken) = (Editing.Name, Editing.ApiVersion, !Editing.HasClientCredentials);
        else
            viaHost = options.Host is not null;
    }

    private async Task Submit()
    {
        busy = true;
        try
        {
            var typed = Kept is not null && NothingTyped ? null : Typed;
            var outcome = await TurnedAway(typed) ?? (Editing is null
                ? await add.Add(new(shop, Typed, version.Trim(), viaHost ? options.Host : null), gone.Token)
                : await change.Change(Editing.Id, new(name, version.Trim(), typed), gone.Token));
            refused = outcome as StoreChange.Refused;
            if (outcome is StoreChange.Done done)
            {
                (token, secret) = ("", "");
                await OnSaved.InvokeAsync(done.Store);
            }
        }
        finally
        {
            busy = false;
        }
    }

    // Shopify is asked first: what it does not let in is not kept.
    private async Task<StoreChange?> TurnedAway(TypedCredentials? typed)
    {
        if (typed is null || Editing is { SetByServer: true })
            return null;
        var tried = await test.Test(new NewStore(Editing?.Shop ?? shop, typed, version.Trim(), Editing is null ? viaHost ? options.Host : null : Editing.Host), gone.Token);
        return tried?.TurnedAway is not { } no ? null
            : new StoreChange.Refused(no.Name == ConnectionCheck.Token ? byToken ? "AccessToken" : "ClientSecret" : Editing is null ? "Shop" : "Name", $"{no.Result}. {no.Why}".TrimEnd());
    }

    private TypedCredentials Typed => byToken ? TypedCredentials.Token(token) : TypedCredentials.Client(clientId, secret);

    private bool NothingTyped => byToken ? token.Length == 0 : clientId.Length == 0 && secret.Length == 0;

    private string? Invalid(string field) => refused?.Field == field ? "true" : null;

    private RenderFragment Under(string field, string id, string hint) => builder =>
    {
        var wrong = refused?.Field == field;
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", wrong ? "wrong" : "hint");
        builder.AddAttribute(2, "id", id);
        builder.AddContent(3, wrong ? refused!.Reason : hint);
        builder.CloseElement();
    };

    private static string Pressed(bool pressed) => pressed ? "true" : "false";

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
    }
}
