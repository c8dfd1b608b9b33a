using Npgsql;

namespace CowansDashboard.Exports;

/// <summary>Throws a file away; one that is still being written is not written on.</summary>
public sealed class DeleteExport(NpgsqlDataSource database)
{
    /// <returns>Whether the store had it.</returns>
    public async Task<bool> Delete(long storeId, long id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            with gone as (delete from exports where store_id = $1 and id = $2 returning id), pieces as (delete from export_pieces p using gone where p.export_id = gone.id)
            select count(*) from gone
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = id });
        return (long)(await command.ExecuteScalarAsync(cancel))! > 0;
    }
}
