using CowansDashboard.Sync.Pull;

namespace CowansDashboard.Tests.Sync.Pull;

public sealed class LoadOrderTests
{
    [Fact]
    public async Task A_place_that_becomes_free_goes_to_the_first_of_the_list_that_is_ready()
    {
        var fetched = PullKind.All.ToDictionary(kind => kind.Name, _ => new TaskCompletionSource());
        var loads = PullKind.All.ToDictionary(kind => kind.Name, _ => new TaskCompletionSource());
        var begun = new List<string>();
        var run = LoadOrder.Run(PullKind.All, 1, (kind, _) => fetched[kind.Name].Task, (kind, _, _) =>
        {
            lock (begun)
                begun.Add(kind.Name);
            return loads[kind.Name].Task;
        }, CancellationToken.None);

        foreach (var name in new[] { "publications", "collections", "inventory", "products", "media", "variants", "metafields" })
            fetched[name].SetResult();
        for (var i = 0; i < PullKind.All.Length; i++)
        {
            await Until(() => Count() > i);
            loads[begun[i]].SetResult();
        }
        await run;

        begun.ShouldBe(["products", "variants", "inventory", "metafields", "media", "collections", "publications"]);

        int Count()
        {
            lock (begun)
                return begun.Count;
        }
    }

    [Fact]
    public async Task What_refers_to_rows_that_are_in_does_not_wait_for_the_rest_of_that_result()
    {
        var loads = PullKind.All.ToDictionary(kind => kind.Name, _ => new TaskCompletionSource());
        var rowsAreIn = new Dictionary<string, Action>();
        var run = LoadOrder.Run(PullKind.All, 2, (_, _) => Task.CompletedTask, (kind, rows, _) =>
        {
            lock (rowsAreIn)
                rowsAreIn.Add(kind.Name, rows);
            return loads[kind.Name].Task;
        }, CancellationToken.None);

        loads["products"].SetResult();
        await Until(() => Begun("variants") && Begun("metafields"));
        loads["metafields"].SetResult();
        await Until(() => Begun("media"));
        Begun("inventory").ShouldBeFalse();

        rowsAreIn["variants"]();
        loads["media"].SetResult();
        await Until(() => Begun("inventory"));
        loads["variants"].Task.IsCompleted.ShouldBeFalse();

        foreach (var load in loads.Values)
            load.TrySetResult();
        await run;

        bool Begun(string kind)
        {
            lock (rowsAreIn)
                return rowsAreIn.ContainsKey(kind);
        }
    }

    [Fact]
    public async Task The_first_failure_is_the_reason_and_nothing_begins_after_it()
    {
        var begun = new List<string>();

        var failed = await Should.ThrowAsync<InvalidDataException>(LoadOrder.Run(PullKind.All, 2, (_, _) => Task.CompletedTask, (kind, _, _) =>
        {
            lock (begun)
                begun.Add(kind.Name);
            return kind.Name == "products" ? Task.FromException(new InvalidDataException("broken")) : Task.CompletedTask;
        }, CancellationToken.None));

        failed.Message.ShouldBe("broken");
        begun.ShouldBe(["products"]);
    }

    private static async Task Until(Func<bool> isSo)
    {
        for (var i = 0; i < 6_000 && !isSo(); i++)
            await Task.Delay(10);
        isSo().ShouldBeTrue();
    }
}
