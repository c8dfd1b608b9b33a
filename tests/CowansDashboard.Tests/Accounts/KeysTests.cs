using System.Text;
using CowansDashboard.Accounts.Keys;
using CowansDashboard.Data;
using CowansDashboard.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Tests.Accounts;

[Trait("Category", "Integration")]
public sealed class KeysTests(WebApp app) : IClassFixture<WebApp>
{
    [Fact]
    public async Task The_key_ring_in_the_database_is_wrapped_by_the_key_of_the_file()
    {
        app.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test").Protect("something");

        var xml = await app.Database.Scalar<string>("select string_agg(xml, '') from data_protection_keys");

        xml.ShouldContain("wrappedKey");
        xml.ShouldNotContain("masterKey");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(app.KeyFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void Another_key_file_stops_the_start_and_says_which_one_is_missing()
    {
        app.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test").Protect("something");
        var other = new KeyFile(new() { KeyFile = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.key") });
        var stored = app.Services.GetRequiredService<StoredKeys>();

        var missing = Should.Throw<WrongSettingException>(() => new OpenKeys(other, stored).Open());
        other.Create();
        var wrong = Should.Throw<WrongSettingException>(() => new OpenKeys(other, stored).Open());

        missing.Message.ShouldContain("Dashboard__KeyFile");
        missing.Message.ShouldContain(other.Path);
        wrong.Message.ShouldContain("another key");
        File.Delete(other.Path);
    }

    [Fact]
    public void Two_nodes_that_make_the_key_at_once_share_one()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}", "dashboard.key");
        var files = Enumerable.Range(0, 8).Select(_ => new KeyFile(new() { KeyFile = path })).ToList();

        Parallel.ForEach(files, file => file.Create());

        files.Select(file => file.Fingerprint).Distinct().Count().ShouldBe(1);
        Directory.GetFiles(Path.GetDirectoryName(path)!).ShouldBe([path]);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void A_changed_ciphertext_does_not_open()
    {
        var file = new KeyFile(new() { KeyFile = app.KeyFile });
        var closed = file.Encrypt("secret"u8);
        Encoding.UTF8.GetString(file.Decrypt(closed)).ShouldBe("secret");

        closed[^1] ^= 1;

        Should.Throw<System.Security.Cryptography.CryptographicException>(() => file.Decrypt(closed));
    }
}
