using Npgsql;

namespace CowansDashboard.Data;

/// <summary>What is known of a request that carries a key of its sender's.</summary>
public abstract record KnownAnswer
{
    private KnownAnswer()
    {
    }

    /// <summary>The first with its key: carry it out and keep the answer.</summary>
    public sealed record None : KnownAnswer;

    public sealed record Given(int Status, string Body) : KnownAnswer;

    /// <summary>The same key came with something else.</summary>
    public sealed record OfAnother : KnownAnswer;

    /// <summary>It is carried out at this moment, or was cut off before its answer was kept.</summary>
    public sealed record Unfinished(DateTimeOffset Since) : KnownAnswer;
}

/// <summary>Lets a request with a key act once: whoever repeats it gets the first answer.</summary>
public sealed class AnswerOnce(NpgsqlDataSource database)
{
    private const int KeptDays = 2;

    public async Task<KnownAnswer> Begin(long accountId, string key, byte[] requestHash, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("delete from answers where created_at < now() - make_interval(days => $1)") { Parameters = { new() { Value = KeptDays } } });
        batch.BatchCommands.Add(new("insert into answers (account_id, key, request_hash) values ($1, $2, $3) on conflict do nothing returning 1")
        {
            Parameters = { new() { Value = accountId }, new() { Value = key }, new() { Value = requestHash } },
        });
        batch.BatchCommands.Add(new("select request_hash, status, body, created_at from answers where account_id = $1 and key = $2")
        {
            Parameters = { new() { Value = accountId }, new() { Value = key } },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        if (await reader.ReadAsync(cancel))
            return new KnownAnswer.None();
        await reader.NextResultAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return new KnownAnswer.None();
        return reader switch
        {
            _ when !reader.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(requestHash) => new KnownAnswer.OfAnother(),
            _ when reader.IsDBNull(1) => new KnownAnswer.Unfinished(reader.GetFieldValue<DateTimeOffset>(3)),
            _ => new KnownAnswer.Given(reader.GetInt32(1), reader.GetString(2)),
        };
    }

    public Task Keep(long accountId, string key, int status, string body, CancellationToken cancel) =>
        Run("update answers set status = $3, body = $4 where account_id = $1 and key = $2", [accountId, key, status, body], cancel);

    /// <summary>Nothing was done: the key is free again.</summary>
    public Task Forget(long accountId, string key, CancellationToken cancel) =>
        Run("delete from answers where account_id = $1 and key = $2 and status is null", [accountId, key], cancel);

    private async Task Run(string sql, object[] values, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
