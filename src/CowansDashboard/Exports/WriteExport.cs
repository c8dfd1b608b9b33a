using System.Text.Json.Serialization;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Exports;

/// <summary>
/// Writes a file piece by piece: some products, their bytes and the place where it goes on are one transaction, so that
/// whatever dies in between no row is missing and none is twice. What went since it was asked for is left out.
/// </summary>
public sealed class WriteExport(NpgsqlDataSource database, ReadExports exports, ReadExportedProducts products, ListExportColumns columns, TimeProvider clock) : IRunWork
{
    private const int ProductsAtOnce = 500;

    public static readonly RunKind Name = new("export", null);

    public RunKind Kind => Name;

    public async Task Work(RunContext run, CancellationToken cancel)
    {
        var id = run.Parameters.GetProperty("exportId").GetInt64();
        var export = await exports.Find(run.StoreId, id, cancel) ?? throw new InvalidOperationException("The file was deleted before it was whole.");
        var chosen = await Chosen(id, cancel);
        var writer = new ExportWriter(await Layout(export, cancel));
        var stream = run.Progress.Stream("products", "into the file");
        stream.SetTotal(chosen.Length);
        for (var next = run.Cursor is { } cursor ? cursor.GetProperty("next").GetInt32() : 0; next < chosen.Length || next == 0; next += ProductsAtOnce)
        {
            cancel.ThrowIfCancellationRequested();
            var some = chosen[next..Math.Min(next + ProductsAtOnce, chosen.Length)];
            var piece = writer.Write(await products.Read(run.StoreId, some, cancel), isFirst: next == 0);
            await using var transaction = await run.Begin(cancel);
            if (!await Keep(transaction.Connection, id, next / ProductsAtOnce, piece, cancel))
                throw new InvalidOperationException("The file was deleted before it was whole.");
            await transaction.SaveCursor(new ExportCursor(next + ProductsAtOnce), ExportJson.Default.ExportCursor, cancel);
            transaction.Advance(stream, some.Length);
            await transaction.Commit(cancel);
        }
        stream.Done();
        await using var end = await run.Begin(cancel);
        await using var ready = new NpgsqlCommand("update exports set ready_at = $2, expires_at = $3 where id = $1", end.Connection);
        ready.Parameters.Add(new() { Value = id });
        ready.Parameters.Add(new() { Value = clock.GetUtcNow() });
        ready.Parameters.Add(new() { Value = clock.GetUtcNow() + Export.Kept });
        await ready.ExecuteNonQueryAsync(cancel);
        await end.Commit(cancel);
    }

    private async Task<long[]> Chosen(long id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select product_ids from exports where id = $1");
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(cancel) as long[] ?? throw new InvalidOperationException("The file was deleted before it was whole.");
    }

    private async Task<ExportLayout> Layout(Export export, CancellationToken cancel)
    {
        var known = (await columns.List(export.StoreId, cancel)).ToDictionary(column => column.Key);
        var places = known.Keys.Where(key => key.StartsWith(ExportColumn.StockPrefix, StringComparison.Ordinal)).ToList();
        return new ExportLayout(export.Format, [.. export.Columns.Select(key => known.GetValueOrDefault(key) ?? ExportColumn.Gone(key))])
        {
            OldNames = export.OldNames,
            GuardsFormulas = export.GuardsFormulas,
            Shop = new ShopifyCsvShop(places.Count == 1 ? ExportColumn.LocationOf(places[0]) : null),
        };
    }

    private static async Task<bool> Keep(NpgsqlConnection connection, long id, int place, ExportPiece piece, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            with of as (update exports set rows = rows + $3, too_long = too_long + $4, bytes = bytes + length($5) where id = $1 returning id)
            insert into export_pieces (export_id, place, rows, bytes) select id, $2, $3, $5 from of
            """, connection);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = place });
        command.Parameters.Add(new() { Value = piece.Rows });
        command.Parameters.Add(new() { Value = piece.TooLong });
        command.Parameters.Add(new() { Value = piece.Bytes });
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }
}

/// <summary>The first product that is not in the file yet.</summary>
internal sealed record ExportCursor(int Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExportCursor))]
internal sealed partial class ExportJson : JsonSerializerContext;
