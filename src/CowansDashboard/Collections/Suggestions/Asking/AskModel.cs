using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Collections.Suggestions.Asking;

/// <param name="Problem">Why nothing came of it; null when it answered.</param>
/// <param name="Proposed">Names and groups that it proposed.</param>
/// <param name="TokensIn">What it read, as the endpoint counts; null where it did not say.</param>
/// <param name="TokensOut">What it wrote.</param>
/// <param name="Cost">By the prices of Settings.</param>
public sealed record AskedModel(string? Problem, int Proposed, long? TokensIn, long? TokensOut, decimal? Cost);

/// <summary>Asks the model of a shop for better names and further groups, once, because a person said so. What it proposes is kept, and held against the catalogue whenever suggestions are read.</summary>
public sealed class AskModel(NpgsqlDataSource database, ReadSuggestions suggestions, ReadSuggestionModel models, ModelHttp http)
{
    /// <summary>Exactly what would be sent beside the instructions.</summary>
    public async Task<string> Summary(long storeId, CancellationToken cancel)
    {
        var shop = new ReadShop(await suggestions.From(storeId, cancel));
        return ModelSummary.Write(shop, Suggest.From(shop));
    }

    /// <param name="storeId">Whose.</param>
    /// <param name="shownTo">The address that the person was shown.</param>
    /// <param name="summary">The text that the person was shown: what is sent is that.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancel">Gives up; an answer that has come is noted all the same.</param>
    public async Task<AskedModel> Ask(long storeId, Uri shownTo, string summary, string by, CancellationToken cancel)
    {
        if (await models.InHand(storeId, cancel) is not { } asked)
            return new("No model is set up for this shop. Settings has the place.", 0, null, null, null);
        if (asked.Model.Completions != shownTo)
            return new("The address was changed meanwhile, and nothing was sent. Close this and look again at where it would go.", 0, null, null, null);
        var reply = await http.Ask(asked, ModelSummary.Instructions, summary, cancel);
        var read = reply.Text is null ? null : ModelProposals.Read(reply.Text);
        var problem = reply.Problem ?? (read is null ? "The model answered something else than the JSON that it was asked for. Nothing was taken over." : null);
        var cost = Cost(asked.Model, reply);
        await using var note = database.CreateCommand("""
            insert into suggestion_asks (store_id, model, asked_by, tokens_in, tokens_out, cost, problem, answer) values ($1, $2, $3, $4, $5, $6, $7, $8)
            """);
        note.Parameters.Add(new() { Value = storeId });
        note.Parameters.Add(new() { Value = asked.Model.Model });
        note.Parameters.Add(new() { Value = by });
        note.Parameters.Add(new() { Value = (object?)reply.TokensIn ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        note.Parameters.Add(new() { Value = (object?)reply.TokensOut ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        note.Parameters.Add(new() { Value = (object?)cost ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Numeric });
        note.Parameters.Add(new() { Value = (object?)problem ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        note.Parameters.Add(new() { Value = (object?)read?.Print() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb });
        // What was paid for is kept, also for somebody who has left the page.
        await note.ExecuteNonQueryAsync(CancellationToken.None);
        return new(problem, read?.Count ?? 0, reply.TokensIn, reply.TokensOut, cost);
    }

    /// <summary>Whether the endpoint answers at all, with a question of a few tokens.</summary>
    public async Task<AskedModel> Test(long storeId, CancellationToken cancel)
    {
        if (await models.InHand(storeId, cancel) is not { } asked)
            return new("Save an address and a model first.", 0, null, null, null);
        var reply = await http.Ask(asked, "Answer with one JSON object and nothing else.", """Answer {"names": [], "groups": []}""", cancel);
        var problem = reply.Problem ?? (ModelProposals.Read(reply.Text!) is null ? "It answers, but not with the JSON that it is asked for." : null);
        return new(problem, 0, reply.TokensIn, reply.TokensOut, Cost(asked.Model, reply));
    }

    private static decimal? Cost(SuggestionModel model, ModelReply reply) => reply is { TokensIn: { } tokensIn, TokensOut: { } tokensOut } ? model.Cost(tokensIn, tokensOut) : null;

    /// <summary>What was used, for people.</summary>
    public static string Used(AskedModel asked) => asked is { TokensIn: { } tokensIn, TokensOut: { } tokensOut }
        ? string.Create(CultureInfo.InvariantCulture, $"{tokensIn:N0} tokens read, {tokensOut:N0} written{(asked.Cost is > 0 and var cost ? $", {cost:0.####} by the prices in Settings" : "")}")
        : "The endpoint did not say how many tokens it used";
}
