using Npgsql;

namespace CowansDashboard.Search.Views;

/// <summary>Deletes a person's own view; false when it is gone already or another person's.</summary>
public sealed class DeleteView(NpgsqlDataSource database)
{
    public async Task<bool> Delete(long storeId, long ownerId, long id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("delete from saved_views where store_id = $1 and owner_id = $2 and id = $3");
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = ownerId });
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }
}
