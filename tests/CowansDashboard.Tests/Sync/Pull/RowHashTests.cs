using CowansDashboard.Sync.Pull;

namespace CowansDashboard.Tests.Sync.Pull;

public sealed class RowHashTests
{
    [Theory]
    [InlineData("", "00000000000000000000000000000000")]
    [InlineData("The quick brown fox jumps over the lazy dog", "e34bbc7bbc071b6c7a433ca9c49a9347")]
    [InlineData("The quick brown fox jumps over the lazy cog", "658ca970ff85269a43fee3eaa68e5c3e")]
    public void It_is_MurmurHash3_by_its_published_vectors(string text, string expected)
    {
        var hash = RowHash.Of(System.Text.Encoding.UTF8.GetBytes(text), seed: 0);

        $"{hash.High:x16}{hash.Low:x16}".ShouldBe(expected);
    }

    [Fact]
    public void Every_byte_matters_at_every_length()
    {
        for (var length = 1; length < 70; length++)
        {
            var data = new byte[length];
            var seen = new HashSet<RowHash> { RowHash.Of(data) };
            for (var i = 0; i < length; i++)
            {
                data[i] = 1;
                seen.Add(RowHash.Of(data)).ShouldBeTrue();
                data[i] = 0;
            }
        }
    }
}
