using Microsoft.EntityFrameworkCore;

namespace CowansDashboard.Accounts;

/// <summary>Lists everybody who may, or might again, sign in: by name.</summary>
public sealed class ListAccounts(IDbContextFactory<AccountsContext> contexts)
{
    public async Task<IReadOnlyList<AccountRow>> List(CancellationToken cancel)
    {
        await using var database = await contexts.CreateDbContextAsync(cancel);
        var accounts = await database.Users.AsNoTracking().OrderBy(account => account.Name).ThenBy(account => account.Id).ToListAsync(cancel);
        return [.. accounts.Select(AccountRow.Of)];
    }
}
