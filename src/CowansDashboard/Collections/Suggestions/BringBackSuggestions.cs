using Npgsql;

namespace CowansDashboard.Collections.Suggestions;

/// <summary>Forgets that suggestions were declined: they are made again where they still hold.</summary>
public sealed class BringBackSuggestions(NpgsqlDataSource database)
{
    /// <param name="storeId">Whose.</param>
    /// <param name="key">Which; null is every one.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>How many there were.</returns>
    public async Task<int> BringBack(long storeId, string? key, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("delete from suggestions_declined where store_id = $1 and ($2::text is null or key = $2)");
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = (object?)key ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
