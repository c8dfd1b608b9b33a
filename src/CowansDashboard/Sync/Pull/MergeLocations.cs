using System.Runtime.InteropServices;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Brings all locations of a shop into the copy, inside the transaction that the connection holds; those that it no longer names go.</summary>
public sealed class MergeLocations(long storeId, long? runId)
{
    public async Task<MergeCounts> Merge(NpgsqlConnection connection, LocationsRead read, CancellationToken cancel)
    {
        var known = await LoadKnown.Rows(connection, CatalogueTable.Locations, storeId, cancel);
        var rows = new StagedRows(CatalogueTable.Locations, known, read.Ticket);
        var reading = new LocationReading(storeId);
        foreach (var node in read.Nodes)
            reading.Read(JsonMarshal.GetRawUtf8Value(node), rows);
        var counts = await new MergeRows(storeId, runId).Merge(connection, rows, cancel);
        return counts + new MergeCounts { Deleted = await MarkGone.Rows(connection, new RemoteSource(storeId, runId), CatalogueTable.Locations, known.Unseen().ToArray(), read.Ticket, cancel) };
    }
}
