using System.Globalization;
using System.Text.Json;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Wire;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// Sends the calls of one product one after the other and notes what Shopify said about each field. A call whose outcome is
/// unknown ends the product's turn: it is read again before anything else is sent of it.
/// </summary>
public sealed class SendOperations(ShopifyAdmin admin, Lane lane, Func<CancellationToken, Task> checkFence)
{
    private static readonly TimeSpan JobPause = TimeSpan.FromMilliseconds(250);
    private const int MostJobLooks = 240;
    private static readonly TimeSpan LastAnswer = TimeSpan.FromSeconds(15);

    private bool _defined;

    /// <exception cref="ShopifyFaultException">Nothing can be sent now; what was answered before is in <paramref name="into"/>.</exception>
    public async Task Send(PushProduct product, SentProduct into, CancellationToken cancel)
    {
        if (product.ShopifyId is null)
            await Define(cancel);
        foreach (var operation in PushOperations.Of(product))
            if (!await Send(operation, into, cancel))
                return;
    }

    /// <summary>Takes an answer that came another way, as a line of a bulk mutation's result. Answers the product where it shows it.</summary>
    public static JsonElement? Take(PushOperation operation, JsonElement data, IReadOnlyList<UserError> errors, SentProduct into)
    {
        Refuse(operation, errors, into);
        return into.Nodes(data);
    }

    private async Task Define(CancellationToken cancel)
    {
        if (_defined)
            return;
        await checkFence(cancel);
        var answer = await admin.Send(Mutations.MetafieldDefinitionCreate(CreateProduct.Definition()), lane, cancel);
        if (answer.UserErrors.Any(error => error.Code != "TAKEN"))
            answer.Accepted();
        _defined = true;
    }

    private async Task<bool> Send(PushOperation operation, SentProduct into, CancellationToken cancel)
    {
        while (true)
        {
            ShopifyAnswer<JsonElement> answer;
            // Before every call: a node that slept must not send what another has sent since, and a person changed again.
            cancel.ThrowIfCancellationRequested();
            await checkFence(cancel);
            try
            {
                into.Calls++;
                answer = await Answered(operation, cancel);
            }
            catch (ShopifyFaultException lost) when (lost.Fault.OutcomeUnknown)
            {
                foreach (var part in operation.Parts)
                    into.Note(part, new FieldResult.Unknown(lost.Message));
                return false;
            }
            catch (ShopifyFaultException wrong) when (wrong.Fault is ShopifyFault.Invalid)
            {
                foreach (var part in operation.Parts)
                    into.Note(part, new FieldResult.Refused(wrong.Message));
                return true;
            }
            catch (ShopifyFaultException)
            {
                // Shopify has not taken it up.
                into.Calls--;
                throw;
            }
            into.Nodes(answer.Data);
            await WaitForJob(answer.Data, cancel);
            var left = Refuse(operation, answer.UserErrors, into);
            if (left.Length == 0)
                return true;
            operation = operation.With(left);
        }
    }

    // A call that is on its way when the push is asked to stop is still answered: cut off, Shopify may carry it out after the
    // product was read again, and it would be sent a second time.
    private async Task<ShopifyAnswer<JsonElement>> Answered(PushOperation operation, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource();
        await using var asked = cancel.UnsafeRegister(_ => patience.CancelAfter(LastAnswer), null);
        return await admin.Send(operation.Request.AsRaw(), lane, patience.Token);
    }

    /// <summary>Notes refusals and answers the parts to send again, because Shopify took none of the list for the sake of some.</summary>
    private static PushPart[] Refuse(PushOperation operation, IReadOnlyList<UserError> errors, SentProduct into)
    {
        var refused = errors.Select(error => (Part: PartOf(operation, error), error)).ToLookup(one => one.Part, one => one.error);
        if (refused[null].Any())
        {
            foreach (var part in operation.Parts)
                into.Note(part, new FieldResult.Refused(Words(errors)));
            return [];
        }
        foreach (var part in operation.Parts.Where(part => refused[part].Any()))
            into.Note(part, refused[part].All(IsOvertaken) ? new FieldResult.Overtaken() : new FieldResult.Refused(Words(refused[part])));
        PushPart[] others = [.. operation.Parts.Where(part => !refused[part].Any())];
        if (errors.Count > 0 && operation.IsAtomic)
            return others;
        foreach (var part in others)
            into.Note(part, new FieldResult.Taken());
        return [];
    }

    // Shopify no longer holds what we last read, and has written nothing.
    private static bool IsOvertaken(UserError error) => error.Code is "CHANGE_FROM_QUANTITY_STALE" or "STALE_OBJECT";

    /// <summary>Which element of the list an error is about; null when it does not say.</summary>
    private static PushPart? PartOf(PushOperation operation, UserError error)
    {
        if (operation.Parts.Count == 1)
            return operation.Parts[0];
        var index = error.ElementIndex ?? error.Field.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (int?)null)
            .FirstOrDefault(number => number is not null);
        return index is { } at && at >= 0 && at < operation.Parts.Count ? operation.Parts[at] : null;
    }

    private static string Words(IEnumerable<UserError> errors) => string.Join(" ", errors.Select(error => error.Message).Distinct());

    private async Task WaitForJob(JsonElement data, CancellationToken cancel)
    {
        var payload = data.EnumerateObject().FirstOrDefault().Value;
        if (payload.ValueKind != JsonValueKind.Object || !payload.TryGetProperty("job", out var job) || job.ValueKind != JsonValueKind.Object)
            return;
        var done = job.TryGetProperty("done", out var now) && now.GetBoolean();
        for (var look = 0; !done && look < MostJobLooks; look++)
        {
            await Task.Delay(JobPause, admin.Clock, cancel);
            done = (await admin.Send(Mutations.Job(job.GetProperty("id").GetString()!), lane, cancel)).Data.Job is not { Done: false };
        }
    }
}

/// <summary>One product as it was sent, and what came back. The ticket was taken before the first call.</summary>
public sealed class SentProduct(PushProduct product, long ticket)
{
    private readonly Dictionary<(string Entity, long Id, string Field), FieldResult> _results = [];

    public PushProduct Product => product;

    public long Ticket => ticket;

    public int Calls { get; set; }

    /// <summary>The product as the last answer that showed it whole.</summary>
    public JsonElement? ProductNode { get; private set; }

    public Dictionary<string, JsonElement> VariantNodes { get; } = [];

    /// <summary>Metafields as they were written, by their owner's id, namespace and key.</summary>
    public Dictionary<(string Owner, string Namespace, string Key), JsonElement> MetafieldNodes { get; } = [];

    /// <summary>What Shopify said about a field; rows without fields are asked for by an empty one.</summary>
    public FieldResult Result(PushEntity entity, string field) =>
        _results.GetValueOrDefault((entity.Entity, entity.EntityId, field)) ?? new FieldResult.Unknown(null);

    public IEnumerable<(string Entity, long Id, string Field)> Taken => _results.Where(one => one.Value is FieldResult.Taken && one.Key.Field.Length > 0).Select(one => one.Key);

    /// <summary>What Shopify said about a row as a whole.</summary>
    public FieldResult Result(PushEntity entity) => Result(entity, entity.Fields is [var first, ..] ? first.Field : "");

    /// <summary>Nothing of it has reached Shopify.</summary>
    public bool IsUntouched => Calls == 0;

    /// <summary>What was taken of fields that these calls carry too is not known before they are answered.</summary>
    public void LeaveOpen(IEnumerable<PushOperation> others)
    {
        foreach (var part in others.SelectMany(other => other.Parts))
            foreach (var key in part.Fields.Select(field => (part.Entity, part.EntityId, field)).Where(key => _results.GetValueOrDefault(key) is FieldResult.Taken))
                _results[key] = new FieldResult.Unknown(null);
    }

    internal void Note(PushPart part, FieldResult result)
    {
        foreach (var field in part.Fields.Count == 0 ? [""] : part.Fields)
        {
            var key = (part.Entity, part.EntityId, field);
            // A field that two calls carry is taken when both were.
            if (result is not FieldResult.Taken || _results.GetValueOrDefault(key) is null or FieldResult.Taken)
                _results[key] = result;
        }
    }

    /// <summary>What answers showed of the product that came in no order: their calls may have been done in any.</summary>
    internal void Show(IReadOnlyList<ShownProduct> shown)
    {
        if (shown.Count < 2)
            return;
        var tags = Product.Entities.FirstOrDefault(entity => entity is { Entity: "product" } && entity.Has("tags"));
        (ProductNode, var knowsTags) = ShownProduct.Together(shown, tags?.Value("tags"));
        if (tags is not null && !knowsTags)
            _results[(tags.Entity, tags.EntityId, "tags")] = new FieldResult.Unknown(null);
    }

    internal JsonElement? Nodes(JsonElement data)
    {
        var payload = data.EnumerateObject().FirstOrDefault().Value;
        if (payload.ValueKind != JsonValueKind.Object)
            return null;
        JsonElement? shown = null;
        foreach (var name in new[] { "product", "node" })
            if (payload.TryGetProperty(name, out var node) && node.ValueKind == JsonValueKind.Object && node.TryGetProperty("title", out _))
                ProductNode = shown = node;
        if (payload.TryGetProperty("productVariants", out var variants) && variants.ValueKind == JsonValueKind.Array)
            foreach (var variant in variants.EnumerateArray())
                if (variant.ValueKind == JsonValueKind.Object && variant.TryGetProperty("price", out _))
                    VariantNodes[variant.GetProperty("id").GetString()!] = variant;
        if (payload.TryGetProperty("metafields", out var metafields) && metafields.ValueKind == JsonValueKind.Array)
            foreach (var metafield in metafields.EnumerateArray())
                if (metafield.ValueKind == JsonValueKind.Object && metafield.TryGetProperty("owner", out var owner) && owner.ValueKind == JsonValueKind.Object
                    && owner.TryGetProperty("id", out var id))
                    MetafieldNodes[(id.GetString()!, metafield.GetProperty("namespace").GetString()!, metafield.GetProperty("key").GetString()!)] = metafield;
        return shown;
    }
}
