using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.History;

/// <summary>What one tab knows of a draft.</summary>
/// <param name="KeptAt">When it was last kept; null when nothing was.</param>
/// <param name="IsShared">Another tab has kept something of it too.</param>
public sealed record KnownDraft(DateTimeOffset? KeptAt, bool IsShared = false);

/// <summary>Keeps a draft that a person may have open twice: what another tab has kept since is merged, not written over.</summary>
public sealed class MergeDraft(NpgsqlDataSource database)
{
    /// <param name="place">Whose draft, of what.</param>
    /// <param name="content">What this tab has typed; null for nothing.</param>
    /// <param name="known">What this tab knows of the draft from reading or keeping it last.</param>
    /// <param name="merge">From what is kept by now, which holds more than this tab has seen, what shall be kept. Pure.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<KnownDraft> Keep(DraftPlace place, JsonNode? content, KnownDraft known, Func<JsonNode?, JsonNode?> merge, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Two tabs that keep the first of it have no row to hold.
        await Run(connection, "select pg_advisory_xact_lock(hashtextextended($1 || '/' || $2 || '/' || $3, 0))", place, null, cancel);
        var keptAt = await Run(connection, "select updated_at from drafts where account_id = $1 and store_id = $2 and subject = $3", place, null, cancel) is DateTime at ? new DateTimeOffset(at) : (DateTimeOffset?)null;
        var isShared = known.IsShared || keptAt != known.KeptAt;
        if (isShared)
            content = merge(JsonValues.Parse(await Run(connection, "select content::text from drafts where account_id = $1 and store_id = $2 and subject = $3", place, null, cancel) as string));
        var text = content?.ToJsonString();
        if (text?.Length > DraftPlace.LargestContent)
            throw new ArgumentException($"A draft has at most {DraftPlace.LargestContent} characters.", nameof(content));
        var now = await Run(connection, text is null
            ? "delete from drafts where account_id = $1 and store_id = $2 and subject = $3"
            : """
              insert into drafts (account_id, store_id, subject, content) values ($1, $2, $3, $4)
              on conflict (account_id, store_id, subject) do update set content = excluded.content, based_on_version = null, updated_at = clock_timestamp()
              returning updated_at
              """, place, text, cancel);
        await transaction.CommitAsync(cancel);
        return new KnownDraft(now is DateTime kept ? new DateTimeOffset(kept) : null, isShared);
    }

    private static async Task<object?> Run(NpgsqlConnection connection, string sql, DraftPlace place, string? text, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = place.AccountId });
        command.Parameters.Add(new() { Value = place.StoreId });
        command.Parameters.Add(new() { Value = place.Subject });
        if (text is not null)
            command.Parameters.Add(new() { Value = text, NpgsqlDbType = NpgsqlDbType.Jsonb });
        return await command.ExecuteScalarAsync(cancel);
    }
}
