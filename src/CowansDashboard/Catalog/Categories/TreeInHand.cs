using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>
/// One change of a shop's tree, in a transaction that holds the tree: whoever changes its shape waits for the one before,
/// so that what was decided on is what is written. What was changed is noted as it is done, and kept as one change set.
/// </summary>
internal sealed class TreeInHand : IAsyncDisposable
{
    public const string Entity = "category";
    public const string Place = "place", Name = "name", Attributes = "attributes", Taxonomy = "taxonomy", Created = "created", Removed = "removed", OwnCategory = "own_category";

    private const int MostAttempts = 6;

    private readonly NpgsqlTransaction transaction;

    private TreeInHand(NpgsqlConnection connection, NpgsqlTransaction transaction, long storeId) => (Connection, this.transaction, StoreId) = (connection, transaction, storeId);

    public NpgsqlConnection Connection { get; }

    public long StoreId { get; }

    /// <summary>What was done, in its order.</summary>
    public List<ChangeRow> Changes { get; } = [];

    public static async Task<TreeInHand> Hold(NpgsqlDataSource database, long storeId, CancellationToken cancel)
    {
        var connection = await database.OpenConnectionAsync(cancel);
        try
        {
            var tree = new TreeInHand(connection, await connection.BeginTransactionAsync(cancel), storeId);
            await tree.Execute("insert into category_trees (store_id, revision) values ($1, 1) on conflict (store_id) do update set revision = category_trees.revision + 1", cancel, storeId);
            return tree;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>A whole change of the tree, again where it and a change of products were in each other's way.</summary>
    public static async Task<T> Again<T>(Func<Task<T>> change)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await change();
            }
            catch (PostgresException clash) when (attempt < MostAttempts && clash.SqlState is PostgresErrorCodes.DeadlockDetected)
            {
                // The other one goes first; afterwards it is decided anew.
            }
        }
    }

    public void Note(long id, string field, JsonNode? old, JsonNode? now) => Changes.Add(new ChangeRow(Entity, id, null, field, old, now));

    /// <summary>Keeps what was done as one change set.</summary>
    public async Task<long> Keep(string title, AskedBy by, CancellationToken cancel)
    {
        var id = Changes.Count == 0 ? 0 : await RecordChanges.Record(Connection, 0, Head(title, by), Changes, cancel);
        await Commit(cancel);
        return id;
    }

    public ChangeSetHead Head(string title, AskedBy by, long? undoes = null) => new(StoreId, ChangeSetKind.Category, title, null, by.Id, by.Name, Undoes: undoes);

    public Task Commit(CancellationToken cancel) => transaction.CommitAsync(cancel);

    /// <summary>A living category of this shop.</summary>
    public async Task<Category?> Find(long id, CancellationToken cancel) => await FindAny(id, cancel) is { DeletedAt: null } living ? living : null;

    public async Task<Category?> FindAny(long id, CancellationToken cancel)
    {
        await using var command = Command($"select {Category.Columns} from categories c where c.store_id = $1 and c.id = $2", StoreId, id);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? Category.Of(reader) : null;
    }

    /// <summary>Who has this name among the living children of a category.</summary>
    public async Task<bool> IsTaken(long? parentId, string name, long except, CancellationToken cancel) =>
        await Scalar<bool>("select exists (select from categories where store_id = $1 and coalesce(parent_id, 0) = $2 and lower(name) = lower($3) and id <> $4 and deleted_at is null)", cancel,
            StoreId, parentId ?? 0, name, except);

    /// <summary>How many living siblings stand before it.</summary>
    public async Task<int> IndexOf(Category category, CancellationToken cancel) => (int)await Scalar<long>(
        "select count(*) from categories where store_id = $1 and coalesce(parent_id, 0) = $2 and deleted_at is null and (position, id) < ($3, $4)", cancel,
        StoreId, category.ParentId ?? 0, category.Position, category.Id);

    /// <summary>Makes room among the living children of a category for one more, and says at which position.</summary>
    public async Task<int> MakeRoom(long? parentId, long except, int? index, CancellationToken cancel)
    {
        var last = await Scalar<int>("select coalesce(max(position), -1) from categories where store_id = $1 and coalesce(parent_id, 0) = $2 and id <> $3 and deleted_at is null", cancel, StoreId, parentId ?? 0, except);
        if (index is not { } wanted)
            return last + 1;
        await using var command = Command("""
            select position, id from categories where store_id = $1 and coalesce(parent_id, 0) = $2 and id <> $3 and deleted_at is null
            order by position, id offset $4 limit 1
            """, StoreId, parentId ?? 0, except, (long)wanted);
        int position;
        long next;
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            if (!await reader.ReadAsync(cancel))
                return last + 1;
            (position, next) = (reader.GetInt32(0), reader.GetInt64(1));
        }
        // One that was restored may share its position with the sibling before it: the free one is behind both.
        await Execute("""
            update categories set position = position + 2
            where store_id = $1 and coalesce(parent_id, 0) = $2 and id <> $3 and deleted_at is null and (position, id) >= ($4, $5)
            """, cancel, StoreId, parentId ?? 0, except, position, next);
        return position + 1;
    }

    public async Task Execute(string sql, CancellationToken cancel, params object?[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public async Task<T> Scalar<T>(string sql, CancellationToken cancel, params object?[] values)
    {
        await using var command = Command(sql, values);
        return (T)(await command.ExecuteScalarAsync(cancel))!;
    }

    public NpgsqlCommand Command(string sql, params object?[] values)
    {
        var command = new NpgsqlCommand(sql, Connection) { CommandTimeout = 0 };
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        return command;
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
