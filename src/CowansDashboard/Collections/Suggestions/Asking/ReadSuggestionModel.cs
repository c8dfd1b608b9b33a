using Npgsql;

namespace CowansDashboard.Collections.Suggestions.Asking;

/// <summary>Reads which model a shop asks; null where none is set up.</summary>
public sealed class ReadSuggestionModel(NpgsqlDataSource database, SealedModelKey sealing)
{
    public async Task<SuggestionModel?> Read(long storeId, CancellationToken cancel) => (await InHand(storeId, cancel))?.Model;

    internal async Task<ModelInHand?> InHand(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select address, model, sealed_key, timeout_seconds, price_in, price_out from suggestion_models where store_id = $1");
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return null;
        var key = reader.IsDBNull(2) ? null : sealing.Open(storeId, reader.GetString(0), reader.GetFieldValue<byte[]>(2));
        return new(new(reader.GetString(0), reader.GetString(1), key is not null, reader.GetInt32(3), reader.GetDecimal(4), reader.GetDecimal(5)), key) { HasSealedKey = !reader.IsDBNull(2) };
    }
}
