using Mono.Cecil;

namespace CowansDashboard.Tests.Architecture;

/// <summary>Which feature may use which. The table is the decision; the tests hold the compiled code to it.</summary>
public sealed class FeatureBoundaryTests
{
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Data"] = [],
        ["Accounts"] = ["Data"],
        ["Stores"] = ["Data"],
        ["Runs"] = ["Data", "Stores"],
        ["Search"] = ["Data", "Stores"],
        ["History"] = ["Data", "Stores", "Search"],
        ["Catalog"] = ["Data", "Stores", "Runs", "Search", "History"],
        ["Conflicts"] = ["Data", "Stores", "Runs", "Search", "History", "Catalog"],
        ["Inventory"] = ["Data", "Stores", "Catalog", "Runs", "History", "Conflicts"],
        ["Media"] = ["Data", "Stores", "Catalog", "Runs", "History", "Conflicts"],
        ["Collections"] = ["Data", "Stores", "Catalog", "Runs", "Search", "History", "Conflicts"],
        ["Exports"] = ["Data", "Stores", "Runs", "Search", "History", "Catalog"],
        ["Orders"] = ["Data", "Stores", "Catalog", "Runs"],
        ["Sync"] = ["Data", "Stores", "Catalog", "Runs", "Search", "History", "Conflicts", "Inventory", "Media", "Collections"],
        ["Schedules"] = ["Data", "Stores", "Catalog", "Runs", "History", "Collections", "Sync", "Webhooks"],
        ["Webhooks"] = ["Data", "Stores", "Catalog", "Runs", "History", "Conflicts", "Inventory", "Collections", "Orders", "Sync"],
        ["Insights"] = ["Data", "Stores", "Catalog", "Runs", "Search", "History", "Conflicts", "Inventory", "Collections", "Orders", "Sync", "Webhooks"],
    };

    private static readonly string[] SpeakToShopify = ["Sync", "Webhooks", "Media", "Collections", "Inventory", "Orders", "Stores"];

    private static readonly string[] ForbiddenFolders = ["Shared", "Common", "Utils", "Services", "Models", "Helpers", "Interfaces"];

    private const string Product = "CowansDashboard";
    private const string Shopify = "CowansDashboard.Shopify";

    [Fact]
    public void A_feature_uses_only_the_features_its_row_names()
    {
        var offences =
            from use in Uses()
            where use.From != use.To && MayUse.ContainsKey(use.To) && !MayUse.GetValueOrDefault(use.From, []).Contains(use.To)
            select $"{use.From} may not use {use.To}, but {use.Type} mentions {use.Mentioned}";

        offences.Distinct().ShouldBeEmpty();
    }

    [Fact]
    public void The_arrows_form_no_circle()
    {
        var settled = new HashSet<string>();
        while (MayUse.Keys.Except(settled).FirstOrDefault(feature => MayUse[feature].All(settled.Contains)) is { } next)
            settled.Add(next);

        MayUse.Keys.Except(settled).ShouldBeEmpty("these features use each other in a circle");
        MayUse.Values.SelectMany(used => used).Except(MayUse.Keys).ShouldBeEmpty("these names are no features");
    }

    [Fact]
    public void Every_type_of_the_product_belongs_to_a_feature()
    {
        var strangers =
            from type in CompiledCode.WrittenTypes(CompiledCode.Product)
            let feature = FeatureOf(type)
            where feature is null || !MayUse.ContainsKey(feature)
            select type.FullName;

        strangers.ShouldBeEmpty("a type of src/CowansDashboard lies in the folder of a feature");
        Directory.GetDirectories(Repository.ProductFolder).Select(folder => Path.GetFileName(folder))
            .Except([.. MayUse.Keys, "bin", "obj"]).ShouldBeEmpty("a folder of src/CowansDashboard is a feature");
    }

    [Fact]
    public void Only_features_whose_work_is_in_Shopify_speak_to_it()
    {
        var offences =
            from type in CompiledCode.Product.MainModule.GetTypes()
            let feature = FeatureOf(type)
            where feature is not null && !SpeakToShopify.Contains(feature)
            from mentioned in CompiledCode.Mentions(type)
            where IsShopify(mentioned)
            select $"{feature} may not use {Shopify}, but {type.FullName} mentions {mentioned.FullName}";

        offences.Distinct().ShouldBeEmpty();
    }

    [Fact]
    public void Pages_and_endpoints_reach_Shopify_through_a_feature()
    {
        // The composition root registers what it composes.
        var offences =
            from type in CompiledCode.Web.MainModule.GetTypes()
            let place = CompiledCode.NamespaceOf(type)
            where place is not ("" or "CowansDashboard.Web.Startup")
            from mentioned in CompiledCode.Mentions(type)
            where IsShopify(mentioned)
            select $"{type.FullName} mentions {mentioned.FullName}";

        offences.Distinct().ShouldBeEmpty();
    }

    [Fact]
    public void The_Shopify_library_knows_nothing_of_us()
    {
        string[] foreign = ["Microsoft.EntityFrameworkCore", "Microsoft.AspNetCore", "Npgsql", "Quartz", "CowansDashboard"];

        CompiledCode.Shopify.MainModule.AssemblyReferences.Select(reference => reference.Name)
            .Where(name => foreign.Any(part => name.StartsWith(part, StringComparison.Ordinal)))
            .ShouldBeEmpty("CowansDashboard.Shopify speaks Shopify's Admin API and nothing else");
    }

    [Fact]
    public void No_folder_is_named_for_what_it_is_not() =>
        Repository.Folders("src", "tests").Where(folder => ForbiddenFolders.Contains(folder.Split('/')[^1]))
            .ShouldBeEmpty($"folders are named for a feature, not {string.Join(", ", ForbiddenFolders)}");

    private static IEnumerable<Use> Uses() =>
        from type in CompiledCode.Product.MainModule.GetTypes()
        let user = FeatureOf(type)
        where user is not null
        from mentioned in CompiledCode.Mentions(type)
        where !IsShopify(mentioned)
        let to = FeatureOf(mentioned)
        where to is not null
        select new Use(user, to, type.FullName, mentioned.FullName);

    private static bool IsShopify(TypeReference type)
    {
        var place = CompiledCode.NamespaceOf(type);
        return place == Shopify || place.StartsWith(Shopify + ".", StringComparison.Ordinal);
    }

    // CowansDashboard.Sync.Pull belongs to Sync.
    private static string? FeatureOf(TypeReference type)
    {
        var parts = CompiledCode.NamespaceOf(type).Split('.');
        return parts is [Product, var feature, ..] && feature is not ("Shopify" or "Web") ? feature : null;
    }

    private sealed record Use(string From, string To, string Type, string Mentioned);
}
