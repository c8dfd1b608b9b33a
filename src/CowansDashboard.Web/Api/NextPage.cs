namespace CowansDashboard.Web.Api;

/// <summary>The address of the rows behind the last one of an answer; everything else that was asked stays.</summary>
internal static class NextPage
{
    public static string Of(HttpRequest request, string after)
    {
        var kept = request.Query.Where(each => each.Key != "after").SelectMany(each => each.Value.Select(value => KeyValuePair.Create(each.Key, value)));
        return request.Path + QueryString.Create([.. kept, KeyValuePair.Create<string, string?>("after", after)]);
    }
}
