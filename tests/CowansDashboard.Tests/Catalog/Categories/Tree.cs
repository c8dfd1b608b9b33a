using CowansDashboard.Catalog.Categories;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Catalog.Categories;

/// <summary>The tree of one shop, with the use cases as the program wires them.</summary>
internal sealed class Tree(TestDatabase database, long storeId)
{
    public static readonly AskedBy Ann = new("7", "Ann");

    public long StoreId => storeId;

    public CreateCategory Creating { get; } = new(database.Source);
    public ChangeCategory Changing { get; } = new(database.Source);
    public MoveCategory Moving { get; } = new(database.Source);
    public DeleteCategory Deleting { get; } = new(database.Source);
    public RestoreCategory Restoring { get; } = new(database.Source);
    public UndoCategories Undoing { get; } = new(database.Source);
    public ReadCategories Reading { get; } = new(database.Source);
    public AssignProducts Assigning { get; } = new(database.Source, new SaveChangeSet(database.Source));

    public static async Task<Tree> New(TestDatabase database) => new(database, await ProductsApiTests.NewStore(database));

    public async Task<long> Add(string name, long? parent = null, string? taxonomy = null) =>
        (await Creating.Create(storeId, new NewCategory(name) { ParentId = parent, TaxonomyId = taxonomy }, Ann, default)).ShouldBeOfType<CategoryOutcome.Done>().Category.Id;

    public Task<CategoryOutcome> Move(long id, long? parent, int? index = null) => Moving.Move(storeId, id, parent, index, null, Ann, default);

    public Task<CategoryOutcome> Delete(long id, ContentsGo go) => Deleting.Delete(storeId, id, null, go, Ann, default);

    public Task<CategoryOutcome> Restore(long id, RestoredPlace? place = null) => Restoring.Restore(storeId, id, place ?? new(), Ann, default);

    public async Task<CategoriesUndone> Undo(long changeSet) => (await Undoing.Undo(storeId, changeSet, Ann, default)).ShouldNotBeNull();

    public async Task<CategoryNode> Find(long id) => (await Reading.Find(storeId, id, default)).ShouldNotBeNull();

    /// <summary>The living tree in its order as text: Women(Knitwear(Jumpers) Dresses) Men.</summary>
    public async Task<string> Text(long? below = null)
    {
        var nodes = await Reading.Children(storeId, below, 0, 1_000, default);
        var texts = new List<string>();
        foreach (var node in nodes)
            texts.Add(node.Children == 0 ? node.Category.Name : $"{node.Category.Name}({await Text(node.Category.Id)})");
        return string.Join(' ', texts);
    }

    /// <summary>Rows whose path is not that of their parent and their own id, rows that nobody reaches from the top, living rows below a deleted one, names that come twice.</summary>
    public Task<long> Wrong() => database.Scalar<long>("""
        with recursive reached as (
            select id, '/' || id || '/' as path, deleted_at is null as lives from categories where store_id = $1 and parent_id is null
            union all
            select c.id, r.path || c.id || '/', r.lives and c.deleted_at is null from reached r join categories c on c.parent_id = r.id where c.store_id = $1)
        select (select count(*) from categories c left join reached r on r.id = c.id
                where c.store_id = $1 and (r.id is null or r.path collate "C" <> c.path or (c.deleted_at is null) <> r.lives))
            + (select count(*) from (select 1 from categories where store_id = $1 and deleted_at is null group by coalesce(parent_id, 0), lower(name) having count(*) > 1) twice)
        """, storeId);
}
