using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Collections.Suggestions.Asking;

/// <summary>Sets up which model a shop asks, or that it asks none. A key that is not typed stays while the address stays.</summary>
public sealed class SaveSuggestionModel(NpgsqlDataSource database, ReadSuggestionModel read, SealedModelKey sealing)
{
    /// <param name="storeId">Whose.</param>
    /// <param name="model">The endpoint; null for none. Whether it has a key is told by <paramref name="key"/>.</param>
    /// <param name="key">What was typed; null keeps the one that is there, "" takes it away.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>What is wrong; null when it is saved.</returns>
    public async Task<string?> Save(long storeId, SuggestionModel? model, string? key, string by, CancellationToken cancel)
    {
        if (model is null)
        {
            await using var forget = database.CreateCommand("delete from suggestion_models where store_id = $1");
            forget.Parameters.Add(new() { Value = storeId });
            await forget.ExecuteNonQueryAsync(cancel);
            return null;
        }
        model = model with { Address = model.Address.Trim(), Model = model.Model.Trim() };
        var before = key is null ? await read.InHand(storeId, cancel) : null;
        if (before is { HasSealedKey: true } && before.Model.Address != model.Address)
            return "The key was typed for another address: type the key of this one.";
        model = model with { HasKey = key is null ? before is { HasSealedKey: true } : !string.IsNullOrWhiteSpace(key) };
        if (model.Problem is { } problem)
            return problem;
        await using var command = database.CreateCommand("""
            insert into suggestion_models (store_id, address, model, sealed_key, timeout_seconds, price_in, price_out, changed_by) values ($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (store_id) do update set address = excluded.address, model = excluded.model, sealed_key = case when $9 then suggestion_models.sealed_key else excluded.sealed_key end, timeout_seconds = excluded.timeout_seconds,
                price_in = excluded.price_in, price_out = excluded.price_out, changed_by = excluded.changed_by, changed_at = now()
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = model.Address });
        command.Parameters.Add(new() { Value = model.Model });
        command.Parameters.Add(new() { Value = model.HasKey && key is not null ? sealing.Seal(storeId, model.Address, key.Trim()) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
        command.Parameters.Add(new() { Value = model.TimeoutSeconds });
        command.Parameters.Add(new() { Value = model.PriceIn });
        command.Parameters.Add(new() { Value = model.PriceOut });
        command.Parameters.Add(new() { Value = by });
        // One that this node cannot open is kept as well: another one may.
        command.Parameters.Add(new() { Value = key is null });
        await command.ExecuteNonQueryAsync(cancel);
        return null;
    }
}
