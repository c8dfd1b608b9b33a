namespace CowansDashboard.Web.Api;

/// <summary>What every successful answer of the REST API looks like.</summary>
/// <param name="Status">Always <c>ok</c>; failures are problem details.</param>
/// <param name="Data">The answer itself.</param>
/// <param name="Message">A word for people, where there is one.</param>
/// <param name="Meta">Paging, for lists.</param>
public sealed record Answer<T>(string Status, T Data, string? Message = null, PageMeta? Meta = null);

/// <summary>Where a page of a list stands. Next is the address of the next page, null on the last.</summary>
public sealed record PageMeta(int Page, int Size, long? Total, string? Next);

public static class Answer
{
    public static Answer<T> Of<T>(T data, string? message = null, PageMeta? meta = null) => new("ok", data, message, meta);
}
