using System.Text.Json;
using System.Text.Json.Serialization;
using CowansDashboard.Web.Api;

namespace CowansDashboard.Tests.Web.Api;

public sealed class ApiFailuresTests
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
    };

    [Theory]
    [InlineData("""{"colour":"red"}""", "no such field")]
    [InlineData("""{"title":"a","count":"many"}""", "not the kind of value")]
    [InlineData("""{"count":1}""", "title")]
    [InlineData("""{"title":""", "")]
    public void What_cannot_be_read_is_said_without_names_of_types(string json, string said)
    {
        var wrong = Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Body>(json, Strict));

        var words = ApiFailures.Words(wrong);

        words.ShouldContain(said);
        foreach (var inside in new[] { nameof(Body), "System.", ".NET", "LineNumber" })
            words.ShouldNotContain(inside, Case.Sensitive);
    }

    private sealed record Body(string Title, int? Count = null);
}
