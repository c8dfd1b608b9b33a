using Npgsql;

namespace CowansDashboard.Accounts;

/// <summary>Changes the name by which colleagues know a person.</summary>
public sealed class ChangeName(NpgsqlDataSource database)
{
    /// <summary>Null when done, else what would be right.</summary>
    public async Task<string?> Change(long account, string name, CancellationToken cancel)
    {
        name = name.Trim();
        if (name.Length is 0 or > 100 || name.Any(char.IsControl))
            return "Give the name by which colleagues know you, up to 100 characters.";
        await using var command = database.CreateCommand("update accounts set name = $2 where id = $1");
        command.Parameters.Add(new() { Value = account });
        command.Parameters.Add(new() { Value = name });
        await command.ExecuteNonQueryAsync(cancel);
        return null;
    }
}
