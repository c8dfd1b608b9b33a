using Npgsql;

namespace CowansDashboard.Search.Views;

/// <summary>A view to be kept: new when it has no id, else in place of the one with that id.</summary>
public sealed record ViewToSave(long StoreId, long OwnerId, long? Id, string Name, ProductFilter Filter, ProductSort Sort, IReadOnlyList<string> Columns, bool Shared);

/// <summary>Keeps a view under a name that its owner does not use yet.</summary>
public sealed class SaveView(NpgsqlDataSource database)
{
    public async Task<SaveViewOutcome> Save(ViewToSave view, CancellationToken cancel)
    {
        var name = view.Name.Trim();
        if (name.Length is 0 or > SavedView.LongestName)
            return new SaveViewOutcome.BadName($"A name has 1 to {SavedView.LongestName} characters.");
        if (name.Equals("All", StringComparison.OrdinalIgnoreCase))
            return new SaveViewOutcome.BadName("“All” is the name of the first tab. Choose another.");

        await using var command = database.CreateCommand(view.Id is null
            ? """
              insert into saved_views (store_id, owner_id, name, filter, sort, columns, shared, position)
              values ($1, $2, $3, $4, $5, $6, $7, (select coalesce(max(position), 0) + 1 from saved_views where store_id = $1 and owner_id = $2))
              returning id
              """
            : """
              update saved_views set name = $3, filter = $4, sort = $5, columns = $6, shared = $7, updated_at = now()
              where store_id = $1 and owner_id = $2 and id = $8
              returning id
              """);
        object[] values = [view.StoreId, view.OwnerId, name, FilterText.Print(view.Filter), view.Sort.Text, view.Columns.ToArray(), view.Shared, .. view.Id is { } id ? [id] : Array.Empty<object>()];
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        try
        {
            return await command.ExecuteScalarAsync(cancel) is long saved ? new SaveViewOutcome.Saved(saved) : new SaveViewOutcome.NotYours();
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new SaveViewOutcome.NameTaken(name);
        }
    }
}
