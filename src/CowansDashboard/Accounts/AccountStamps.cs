using System.Collections.Concurrent;
using System.Data.Common;
using Npgsql;

namespace CowansDashboard.Accounts;

/// <summary>
/// Says whether a signed-in person still is who the cookie or token says: the stamp changes when the account
/// is closed, gets another role or another password. An answer is up to ten seconds old; while the database is away,
/// whoever was let in stays so for a quarter of an hour, since a short restart should end nobody's work.
/// </summary>
public sealed class AccountStamps(NpgsqlDataSource database, TimeProvider clock)
{
    public static readonly TimeSpan MaximumAge = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan LongestAbsence = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<long, Seen> _seen = new();

    public async Task<bool> IsCurrent(long account, string stamp, CancellationToken cancel)
    {
        var known = _seen.TryGetValue(account, out var seen);
        if (known && clock.GetElapsedTime(seen.AskedAt) < MaximumAge)
            return seen.Stamp == stamp;

        var at = clock.GetTimestamp();
        try
        {
            var current = await Read(account, cancel);
            _seen[account] = new Seen(current, at, at);
            return current == stamp;
        }
        catch (Exception failure) when (failure is DbException or TimeoutException && known && clock.GetElapsedTime(seen.At) < LongestAbsence)
        {
            // Not asked again at once: each request would wait for a server that does not answer. An account changed
            // meanwhile was forgotten and stays forgotten.
            _seen.TryUpdate(account, seen with { AskedAt = at }, seen);
            return seen.Stamp == stamp;
        }
    }

    public void Forget(long account) => _seen.TryRemove(account, out _);

    private async Task<string?> Read(long account, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select security_stamp from accounts where id = $1 and disabled_at is null");
        command.Parameters.Add(new() { Value = account });
        return await command.ExecuteScalarAsync(cancel) as string;
    }

    private readonly record struct Seen(string? Stamp, long At, long AskedAt);
}
