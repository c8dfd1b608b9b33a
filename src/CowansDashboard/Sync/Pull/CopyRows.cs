using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Sends encoded rows by COPY. One row that PostgreSQL cannot take is set aside, and the others go in.</summary>
public static class CopyRows
{
    private const int MostRefusals = 5;
    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xff, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] Trailer = [0xff, 0xff];

    public static async Task<MergeCounts> Copy(NpgsqlConnection connection, string target, StagedRows.Encoded rows, CancellationToken cancel)
    {
        var refusals = new List<string>();
        var failed = await Copy(connection, target, rows, 0, rows.Count, refusals, cancel);
        return new MergeCounts { Failed = failed, Refusals = refusals };
    }

    private static async Task<int> Copy(
        NpgsqlConnection connection, string target, StagedRows.Encoded rows, int from, int to, List<string> refusals, CancellationToken cancel)
    {
        await Execute(connection, "savepoint rows", cancel);
        try
        {
            await Send(connection, target, rows.Rows(from, to), cancel);
            await Execute(connection, "release savepoint rows", cancel);
            return 0;
        }
        catch (PostgresException refused) when (IsAboutOneRow(refused))
        {
            await Execute(connection, "rollback to savepoint rows", cancel);
            if (to - from == 1)
            {
                if (refusals.Count < MostRefusals)
                    refusals.Add($"{refused.MessageText} ({target.Split(' ')[0]})");
                return 1;
            }
            var middle = (from + to) / 2;
            return await Copy(connection, target, rows, from, middle, refusals, cancel)
                + await Copy(connection, target, rows, middle, to, refusals, cancel);
        }
    }

    private static async Task Send(NpgsqlConnection connection, string target, ReadOnlyMemory<byte> rows, CancellationToken cancel)
    {
        await using var stream = await connection.BeginRawBinaryCopyAsync($"copy {target} from stdin (format binary)", cancel);
        await stream.WriteAsync(Header, cancel);
        await stream.WriteAsync(rows, cancel);
        await stream.WriteAsync(Trailer, cancel);
    }

    // Data exceptions (class 22), a null in a column that takes none, a row too large for an index.
    private static bool IsAboutOneRow(PostgresException error) =>
        error.SqlState.StartsWith("22", StringComparison.Ordinal)
        || error.SqlState is PostgresErrorCodes.NotNullViolation or PostgresErrorCodes.CheckViolation or PostgresErrorCodes.ProgramLimitExceeded;

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
