using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Ids drawn from a table's sequence in advance, so that children can be staged together with a new parent.</summary>
public sealed class ReservedIds(CatalogueTable table)
{
    private readonly Queue<long> _ids = [];

    public int Left => _ids.Count;

    public async Task Fill(NpgsqlConnection connection, int upTo, CancellationToken cancel)
    {
        if (_ids.Count >= upTo)
            return;
        await BigintRows.Read(connection,
            $"select nextval(pg_get_serial_sequence('{table.Name}', 'id')) from generate_series(1, {upTo - _ids.Count})",
            (row, _) => _ids.Enqueue(row[0]), cancel);
    }

    public long Next() => _ids.Dequeue();
}
