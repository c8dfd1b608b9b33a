using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.Catalog.Categories;
using CowansDashboard.Data;
using CowansDashboard.History;
using CowansDashboard.Tests.Search;
using CowansDashboard.Tests.Support;
using Npgsql;

namespace CowansDashboard.Tests.Catalog.Categories;

[Trait("Category", "Integration")]
public sealed class CategoriesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_move_takes_everything_below_along_and_finds_its_place_among_the_siblings()
    {
        var tree = await Tree.New(database);
        var (women, men) = (await tree.Add("Women"), await tree.Add("Men"));
        var knitwear = await tree.Add("Knitwear", women);
        await tree.Add("Jumpers", knitwear);
        foreach (var name in new[] { "Shirts", "Trousers" })
            await tree.Add(name, men);

        var done = (await tree.Move(knitwear, men, 1)).ShouldBeOfType<CategoryOutcome.Done>();

        (await tree.Text()).ShouldBe("Women Men(Shirts Knitwear(Jumpers) Trousers)");
        (done.Category.Version, done.Category.Path).ShouldBe((2, CategoryPath.Top.Child(men).Child(knitwear)));
        await tree.Move(knitwear, men, 0);
        (await tree.Text(men)).ShouldBe("Knitwear(Jumpers) Shirts Trousers");
        await tree.Move(knitwear, men, 9);
        (await tree.Text(men)).ShouldBe("Shirts Trousers Knitwear(Jumpers)");
        (await tree.Move(knitwear, men, 2)).ShouldBeOfType<CategoryOutcome.Done>().ChangeSetId.ShouldBe(0, "it is there");
        (await tree.Wrong()).ShouldBe(0);
    }

    [Fact]
    public async Task What_makes_no_tree_or_two_of_a_name_is_refused()
    {
        var tree = await Tree.New(database);
        var women = await tree.Add("Women");
        var knitwear = await tree.Add("Knitwear", women);

        (await tree.Move(women, knitwear)).ShouldBeOfType<CategoryOutcome.Refused>().Sentence.ShouldBe("Knitwear lies below Women, which therefore cannot move there.");
        (await tree.Move(women, women)).ShouldBeOfType<CategoryOutcome.Refused>().Field.ShouldBe("parentId");
        (await tree.Creating.Create(tree.StoreId, new NewCategory(" KNITWEAR ") { ParentId = women }, Tree.Ann, default)).ShouldBeOfType<CategoryOutcome.Refused>()
            .Sentence.ShouldBe("There is a category “KNITWEAR” at this place already.");
        (await tree.Creating.Create(tree.StoreId, new NewCategory("Knitwear"), Tree.Ann, default)).ShouldBeOfType<CategoryOutcome.Done>("at another place it may have the name");
        (await tree.Move(knitwear, null)).ShouldBeOfType<CategoryOutcome.Refused>().Field.ShouldBe("name");
        (await tree.Creating.Create(tree.StoreId, new NewCategory("  "), Tree.Ann, default)).ShouldBeOfType<CategoryOutcome.Refused>().Field.ShouldBe("name");
        (await tree.Changing.Change(tree.StoreId, women, 1, new CategoryChange { Attributes = new JsonObject { ["Fit"] = "slim" } }, Tree.Ann, default)).ShouldBeOfType<CategoryOutcome.Refused>().Field.ShouldBe("attributes");
        (await tree.Changing.Change(tree.StoreId, women, 1, new CategoryChange { TaxonomyId = "zz-9" }, Tree.Ann, default)).ShouldBeOfType<CategoryOutcome.Refused>().Field.ShouldBe("taxonomyId");
        var other = await Tree.New(database);
        (await other.Move(women, null)).ShouldBeOfType<CategoryOutcome.NotFound>("it is another shop's");
    }

    [Fact]
    public async Task A_change_needs_the_version_that_was_seen_and_comes_back_with_an_undo()
    {
        var tree = await Tree.New(database);
        var id = await tree.Add("Women");
        var change = new CategoryChange { Name = "Ladies", Attributes = new JsonObject { ["Season"] = new JsonArray("SS26") } };

        var done = (await tree.Changing.Change(tree.StoreId, id, 1, change, Tree.Ann, default)).ShouldBeOfType<CategoryOutcome.Done>();

        done.Category.Version.ShouldBe(2);
        (await tree.Changing.Change(tree.StoreId, id, 1, change, Tree.Ann, default)).ShouldBeOfType<CategoryOutcome.Stale>().Now.Name.ShouldBe("Ladies");
        (await tree.Changing.Change(tree.StoreId, id, 2, change, Tree.Ann, default)).ShouldBeOfType<CategoryOutcome.Done>().ChangeSetId.ShouldBe(0);
        var undone = await tree.Undo(done.ChangeSetId);
        (undone.Returned, undone.Stays.Count).ShouldBe((2, 0));
        var back = (await tree.Find(id)).Category;
        (back.Name, back.Attributes.Count).ShouldBe(("Women", 0));
        (await tree.Undo(undone.ChangeSetId)).Returned.ShouldBe(2);
        (await tree.Find(id)).Category.Name.ShouldBe("Ladies", "an undo can be undone");
        (await database.Scalar<string>("select string_agg(title, ' | ' order by id) from change_sets where store_id = $1", tree.StoreId))
            .ShouldBe("Women, new category | Women, changed | Undo: Women, changed | Redo: Women, changed");
        (await database.Scalar<string>("select min(made_by_name) from change_sets where store_id = $1", tree.StoreId)).ShouldBe("Ann");
    }

    [Fact]
    public async Task A_move_is_undone_unless_it_was_moved_again()
    {
        var tree = await Tree.New(database);
        var (women, men, sale) = (await tree.Add("Women"), await tree.Add("Men"), await tree.Add("Sale"));
        var knitwear = await tree.Add("Knitwear", women);
        await tree.Add("Dresses", women);
        await tree.Add("Jumpers", knitwear);
        var first = (await tree.Move(knitwear, men)).ShouldBeOfType<CategoryOutcome.Done>();

        await tree.Undo(first.ChangeSetId);

        (await tree.Text()).ShouldBe("Women(Knitwear(Jumpers) Dresses) Men Sale");
        var second = (await tree.Move(knitwear, men)).ShouldBeOfType<CategoryOutcome.Done>();
        await tree.Move(knitwear, sale);
        var undone = await tree.Undo(second.ChangeSetId);
        (undone.ChangeSetId, undone.Returned).ShouldBe((0, 0));
        undone.Stays.ShouldBe(["Knitwear was changed again since."]);
        (await tree.Text()).ShouldBe("Women(Dresses) Men Sale(Knitwear(Jumpers))");
    }

    [Fact]
    public async Task Deleting_asks_where_the_contents_go()
    {
        var tree = await Tree.New(database);
        var (women, men) = (await tree.Add("Women"), await tree.Add("Men"));
        var knitwear = await tree.Add("Knitwear", women);
        var jumpers = await tree.Add("Jumpers", knitwear);
        await tree.Add("Jumpers", men);
        var products = await Products(tree, 3);
        await tree.Assigning.Assign(tree.StoreId, knitwear, products[..2], Tree.Ann, default);
        await tree.Assigning.Assign(tree.StoreId, jumpers, products[2..], Tree.Ann, default);

        (await tree.Delete(knitwear, new ContentsGo.Nowhere())).ShouldBeOfType<CategoryOutcome.InUse>().Contents.ShouldBe(new CategoryContents(1, 1, 2, 3, 3));
        (await tree.Delete(knitwear, new ContentsGo.Into(men))).ShouldBeOfType<CategoryOutcome.Refused>().Sentence.ShouldBe("Jumpers is there already. Rename or move it first.");
        (await tree.Delete(knitwear, new ContentsGo.Into(jumpers))).ShouldBeOfType<CategoryOutcome.Refused>().Field.ShouldBe("to");
        var up = (await tree.Delete(knitwear, new ContentsGo.Up())).ShouldBeOfType<CategoryOutcome.Done>();
        (await tree.Text()).ShouldBe("Women(Jumpers) Men(Jumpers)");
        (await tree.Find(women)).Products.ShouldBe(3);
        (await database.Scalar<long>("select count(*) from product_categories where category_id = $1", women)).ShouldBe(2);

        await tree.Undo(up.ChangeSetId);

        (await tree.Text()).ShouldBe("Women(Knitwear(Jumpers)) Men(Jumpers)");
        (await database.Scalar<long>("select count(*) from product_categories where category_id = $1", knitwear)).ShouldBe(2);
        (await tree.Wrong()).ShouldBe(0);
    }

    [Fact]
    public async Task Children_that_a_deletion_moved_up_come_back_in_their_order_and_go_again()
    {
        var tree = await Tree.New(database);
        var women = await tree.Add("Women");
        await tree.Add("Belts", women);
        var knitwear = await tree.Add("Knitwear", women);
        foreach (var name in new[] { "A", "B", "C", "D" })
            await tree.Add(name, knitwear);
        var up = (await tree.Delete(knitwear, new ContentsGo.Up())).ShouldBeOfType<CategoryOutcome.Done>();
        await tree.Move(await tree.Add("X", women), women, 3);
        (await tree.Text(women)).ShouldBe("Belts A B X C D");

        var back = await tree.Undo(up.ChangeSetId);

        (await tree.Text(women)).ShouldBe("Belts Knitwear(A B C D) X");
        var again = await tree.Undo(back.ChangeSetId);
        (await tree.Text(women)).ShouldBe("Belts A B X C D");
        await tree.Undo(again.ChangeSetId);
        (await tree.Text(women)).ShouldBe("Belts Knitwear(A B C D) X");
    }

    [Fact]
    public async Task Between_two_of_one_position_a_category_lands_where_it_is_put()
    {
        var tree = await Tree.New(database);
        var (a, _, c) = (await tree.Add("A"), await tree.Add("B"), await tree.Add("C"));
        await tree.Delete(c, new ContentsGo.Nowhere());
        await tree.Add("E");
        await tree.Restore(c);

        await tree.Move(a, null, 2);

        (await tree.Text()).ShouldBe("B C A E");
    }

    [Fact]
    public async Task Whoever_waits_for_a_product_holds_no_category_meanwhile()
    {
        var tree = await Tree.New(database);
        var women = await tree.Add("Women");
        var products = await Products(tree, 1);
        await using var other = await database.Source.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await HoldProducts.Hold(other, products, default);

        var assigning = Task.Run(() => tree.Assigning.Assign(tree.StoreId, women, products, Tree.Ann, default));

        await Patience.Until(() => database.Scalar<bool>("select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"));
        await using (var take = new NpgsqlCommand("select from categories where id = $1 for update nowait", other))
        {
            take.Parameters.Add(new() { Value = women });
            await take.ExecuteNonQueryAsync();
        }
        await transaction.CommitAsync();
        (await assigning).Products.ShouldBe(1);
    }

    [Fact]
    public async Task A_change_that_met_a_deadlock_is_tried_again()
    {
        var tries = 0;

        (await TreeInHand.Again(() => ++tries < 3 ? throw new PostgresException("", "", "", PostgresErrorCodes.DeadlockDetected) : Task.FromResult(tries))).ShouldBe(3);
    }

    [Fact]
    public async Task What_was_deleted_along_comes_back_along_with_its_products()
    {
        var tree = await Tree.New(database);
        var women = await tree.Add("Women");
        var knitwear = await tree.Add("Knitwear", women);
        var jumpers = await tree.Add("Jumpers", knitwear);
        await tree.Add("Socks", women);
        await tree.Assigning.Assign(tree.StoreId, jumpers, await Products(tree, 2), Tree.Ann, default);
        var gone = (await tree.Delete(women, new ContentsGo.Along())).ShouldBeOfType<CategoryOutcome.Done>();
        (await tree.Text()).ShouldBe("");
        (await tree.Reading.Deleted(tree.StoreId, 10, default)).ShouldHaveSingleItem().Category.Id.ShouldBe(women);
        (await tree.Reading.DeletedAlong(tree.StoreId, [women, knitwear], default)).ShouldHaveSingleItem().ShouldBe(new(women, 3));
        (await tree.Reading.Figures(tree.StoreId, default)).Deleted.ShouldBe(4);

        (await tree.Restore(knitwear)).ShouldBeOfType<CategoryOutcome.Refused>().Field.ShouldBe("parentId");
        await tree.Add("Women");
        (await tree.Restore(women)).ShouldBeOfType<CategoryOutcome.Refused>().Field.ShouldBe("name");
        (await tree.Undo(gone.ChangeSetId)).Stays.ShouldHaveSingleItem().ShouldContain("restore it under another name");
        (await tree.Restore(women, new RestoredPlace { Name = "Ladies" })).ShouldBeOfType<CategoryOutcome.Done>().Category.Version.ShouldBeGreaterThan(1);

        (await tree.Text()).ShouldBe("Ladies(Knitwear(Jumpers) Socks) Women");
        (await tree.Find(women)).Products.ShouldBe(2);
        (await tree.Wrong()).ShouldBe(0);
    }

    [Fact]
    public async Task One_deleted_with_another_can_be_restored_elsewhere_by_itself()
    {
        var tree = await Tree.New(database);
        var (women, men) = (await tree.Add("Women"), await tree.Add("Men"));
        var knitwear = await tree.Add("Knitwear", women);
        await tree.Add("Jumpers", knitwear);
        await tree.Delete(women, new ContentsGo.Along());

        (await tree.Restore(knitwear, new RestoredPlace { Elsewhere = true, ParentId = men })).ShouldBeOfType<CategoryOutcome.Done>();

        (await tree.Text()).ShouldBe("Men(Knitwear(Jumpers))");
        (await tree.Restore(women)).ShouldBeOfType<CategoryOutcome.Done>();
        (await tree.Text()).ShouldBe("Women Men(Knitwear(Jumpers))");
        (await tree.Wrong()).ShouldBe(0);
    }

    [Fact]
    public async Task Products_of_a_mapped_category_are_given_the_category_of_Shopify_and_wait_for_a_push()
    {
        var tree = await Tree.New(database);
        await database.Scalar<string>("insert into taxonomy_categories (id, name, full_name, level, is_leaf) values ('aa-1-13', 'Clothing Tops', 'Apparel & Accessories > Clothing > Clothing Tops', 3, false) on conflict (id) do update set level = 3 returning id");
        var women = await tree.Add("Women", taxonomy: "aa-1-13");
        var knitwear = await tree.Add("Knitwear", women);
        var products = await Products(tree, 3);
        (await tree.Find(knitwear)).TaxonomyName.ShouldBe("Apparel & Accessories > Clothing > Clothing Tops", "as the one above says");

        var assigned = await tree.Assigning.Assign(tree.StoreId, knitwear, products, Tree.Ann, default);

        (assigned.Products, assigned.Mapped).ShouldBe((3, 3));
        (await database.Scalar<long>("select count(*) from products where id = any($1) and category_id = 'aa-1-13' and pending ? 'category_id'", products)).ShouldBe(3);
        (await tree.Assigning.Assign(tree.StoreId, knitwear, products, Tree.Ann, default)).ChangeSetId.ShouldBe(0, "they lie there");
        (await new ReadProductCategory(database.Source).Read(tree.StoreId, products[0], default)).Select(each => each.Name).ShouldBe(["Women", "Knitwear"]);
        (await tree.Reading.Figures(tree.StoreId, default)).ShouldBe(new TreeFigures(2, 2, 0, 2));
        await tree.Undo(assigned.ChangeSetId);
        (await database.Scalar<long>("select count(*) from products where id = any($1) and category_id is null and pending is null", products)).ShouldBe(3);
        (await tree.Find(women)).Products.ShouldBe(0);
        (await tree.Assigning.Assign(tree.StoreId, 999_999_999, products, Tree.Ann, default)).CategoryIsGone.ShouldBeTrue();
    }

    [Fact]
    public async Task Products_of_a_category_that_is_mapped_anew_are_offered_and_one_deleted_long_ago_is_purged_but_for_its_name()
    {
        var tree = await Tree.New(database);
        foreach (var (id, name) in new[] { ("aa-8", "Scarves"), ("aa-7", "Accessories") })
            await database.Scalar<string>("insert into taxonomy_categories (id, name, full_name, level, is_leaf) values ($1, $2, $2, 3, false) on conflict (id) do update set level = 3 returning id", id, name);
        var women = await tree.Add("Women", taxonomy: "aa-7");
        var knitwear = await tree.Add("Knitwear", women, "aa-8");
        var products = await Products(tree, 4);
        await tree.Assigning.Assign(tree.StoreId, women, products[..1], Tree.Ann, default);
        await tree.Assigning.Assign(tree.StoreId, knitwear, products[1..3], Tree.Ann, default);
        var give = new GiveMappedCategory(database.Source);
        (await give.Count(tree.StoreId, (await tree.Find(women)).Category, default)).ShouldBe(0);
        (await give.Prepare(tree.StoreId, (await tree.Find(women)).Category, Tree.Ann, default)).ShouldBeNull();

        // Below it, and more exact: that stays.
        await database.Scalar<long>("update products set category_id = 'aa-7-2' where id = $1 returning id", products[0]);
        var mapped = (await tree.Changing.Change(tree.StoreId, knitwear, 1, new CategoryChange { TaxonomyId = "" }, Tree.Ann, default)).ShouldBeOfType<CategoryOutcome.Done>();

        (await give.Count(tree.StoreId, (await tree.Find(women)).Category, default)).ShouldBe(2);
        var (preview, given) = (await give.Prepare(tree.StoreId, (await tree.Find(women)).Category, Tree.Ann, default)).ShouldNotBeNull();
        given.ShouldBe(2);
        (await database.Scalar<string>("select title || ' ' || selected || ' ' || (action ->> 'count') from bulk_previews where id = $1", preview)).ShouldBe("Women: 2 products get the category of their mapping 2 2");
        (await database.Scalar<string>("select string_agg(product_id || ' ' || (seen #>> '{}') || ' ' || (new #>> '{}'), ', ' order by product_id) from bulk_items where preview_id = $1", preview))
            .ShouldBe($"{products[1]} aa-8 aa-7, {products[2]} aa-8 aa-7");

        await tree.Delete(women, new ContentsGo.Along());
        var purge = new PurgeCategories(database.Source, new CatalogOptions { KeptCategoryDays = 10 });
        await database.Scalar<long>("update categories set deleted_at = now() - interval '9 days' where store_id = $1 returning id", tree.StoreId);
        (await purge.Purge(tree.StoreId, default)).ShouldBe(0);
        await database.Scalar<long>("update categories set deleted_at = now() - interval '11 days' where store_id = $1 returning id", tree.StoreId);
        (await purge.Purge(tree.StoreId, default)).ShouldBe(2);
        (await database.Scalar<long>("select (select count(*) from categories where store_id = $1) + (select count(*) from product_categories where store_id = $1)", tree.StoreId)).ShouldBe(0);
        (await new ReadChangeSet(database.Source).Read(tree.StoreId, mapped.ChangeSetId, null, 0, 10, default)).ShouldNotBeNull().Lines.ShouldHaveSingleItem().RowName.ShouldBe("Knitwear");
        (await tree.Undo(mapped.ChangeSetId)).Stays.ShouldBe(["A category is not there any more."]);
    }

    [Fact]
    public async Task Products_and_SKUs_are_listed_with_those_below_and_categories_found_by_their_words()
    {
        var tree = await Tree.New(database);
        var women = await tree.Add("Women");
        var knitwear = await tree.Add("Knitwear", women);
        await tree.Add("Knitwear", await tree.Add("Men"));
        var products = await Products(tree, 4);
        await tree.Assigning.Assign(tree.StoreId, women, products[..1], Tree.Ann, default);
        await tree.Assigning.Assign(tree.StoreId, knitwear, products[1..3], Tree.Ann, default);
        var read = new ReadCategoryProducts(database.Source);
        var top = (await tree.Find(women)).Category;

        (await read.Products(tree.StoreId, top, false, 0, 10, default)).Select(each => each.Id).ShouldBe(products[..1]);
        (await read.Products(tree.StoreId, top, true, 0, 10, default)).Select(each => each.Id).ShouldBe(products[..3]);
        (await read.Products(tree.StoreId, top, true, products[0], 1, default)).ShouldHaveSingleItem().Id.ShouldBe(products[1]);
        (await read.Skus(tree.StoreId, top, true, 0, 10, default)).Select(each => each.ProductId).ShouldBe(products[..3]);
        (await new ReadContents(database.Source).Read(tree.StoreId, top, default)).ShouldBe(new CategoryContents(1, 1, 1, 3, 3));
        var find = new FindOwnCategories(database.Source);
        (await find.Find(tree.StoreId, "knit", 10, default)).Select(each => each.FullName).ShouldBe(["Men > Knitwear", "Women > Knitwear"]);
        (await find.Find(tree.StoreId, "wom knit", 10, default)).ShouldHaveSingleItem().Id.ShouldBe(knitwear);
    }

    private Task<long[]> Products(Tree tree, int count) =>
        database.Source.Copy([.. Enumerable.Range(0, count).Select(i => new CopiedProduct { StoreId = tree.StoreId, Title = $"Jumper {i}", Skus = [$"J-{i}"] })]);
}
