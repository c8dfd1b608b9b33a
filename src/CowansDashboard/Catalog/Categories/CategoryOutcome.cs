namespace CowansDashboard.Catalog.Categories;

/// <summary>What became of a change of the tree.</summary>
public abstract record CategoryOutcome
{
    private CategoryOutcome()
    {
    }

    /// <summary>Written. Change set 0 means that everything was so already.</summary>
    public sealed record Done(Category Category, long ChangeSetId) : CategoryOutcome;

    /// <summary>The shop has no such category, or it is deleted.</summary>
    public sealed record NotFound : CategoryOutcome;

    /// <summary>Somebody changed it meanwhile. Nothing was written.</summary>
    public sealed record Stale(Category Now) : CategoryOutcome;

    /// <summary>Nothing was written: which value was no good, and what would be right.</summary>
    public sealed record Refused(string Field, string Sentence) : CategoryOutcome;

    /// <summary>It was not deleted, because something lies in it: the person chooses where that goes.</summary>
    public sealed record InUse(CategoryContents Contents) : CategoryOutcome;
}

/// <summary>What lies in a category: categories and products directly in it, and with everything below.</summary>
public sealed record CategoryContents(long Children, long Below, long OwnProducts, long Products, long Skus)
{
    public bool IsEmpty => Below == 0 && Products == 0;
}
