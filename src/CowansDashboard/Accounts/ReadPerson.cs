using Npgsql;

namespace CowansDashboard.Accounts;

/// <summary>Who somebody is now, and in which store they worked last; null when the account is gone.</summary>
public sealed class ReadPerson(NpgsqlDataSource database)
{
    public async Task<Person?> Read(long account, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select name, email, role, current_store_id, password_set_at from accounts where id = $1 and disabled_at is null");
        command.Parameters.Add(new() { Value = account });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new(account, reader.GetString(0), reader.GetString(1), reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetInt64(3),
                reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4))
            : null;
    }
}

public sealed record Person(long Id, string Name, string Email, string Role, long? StoreId, DateTimeOffset? PasswordSetAt);
