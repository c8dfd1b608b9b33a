using System.Security.Cryptography;
using System.Text;
using CowansDashboard.Data;

namespace CowansDashboard.Accounts.Keys;

/// <summary>The key outside the database: AES-256-GCM, 32 random bytes in a file that only its owner reads.</summary>
public sealed class KeyFile(KeyFileOptions options)
{
    private const int Size = 32;
    private const int TagSize = 16;
    private const int NonceSize = 12;

    private readonly Lazy<byte[]> _key = new(() => ReadKey(options.KeyPath));

    public string Path => options.KeyPath;

    public bool Exists => File.Exists(options.KeyPath);

    /// <summary>Names the key without telling it, so that a wrong file is noticed at the start.</summary>
    public string Fingerprint => Convert.ToHexStringLower(HMACSHA256.HashData(_key.Value, "cowans dashboard key"u8))[..16];

    public byte[] Encrypt(ReadOnlySpan<byte> plain)
    {
        var sealedBytes = new byte[NonceSize + TagSize + plain.Length];
        var nonce = sealedBytes.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key.Value, TagSize);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(NonceSize + TagSize), sealedBytes.AsSpan(NonceSize, TagSize));
        return sealedBytes;
    }

    public byte[] Decrypt(byte[] sealedBytes)
    {
        var plain = new byte[sealedBytes.Length - NonceSize - TagSize];
        using var aes = new AesGcm(_key.Value, TagSize);
        aes.Decrypt(sealedBytes.AsSpan(0, NonceSize), sealedBytes.AsSpan(NonceSize + TagSize), sealedBytes.AsSpan(NonceSize, TagSize), plain);
        return plain;
    }

    /// <summary>Makes the file. A node that makes it at the same moment wins, and its key is used.</summary>
    public void Create()
    {
        var folder = System.IO.Path.GetDirectoryName(options.KeyPath)!;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else if (!Directory.Exists(folder))
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        // Written aside and moved, so that nobody ever reads half a key.
        var aside = $"{options.KeyPath}.{Guid.NewGuid():N}";
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(aside, create))
        {
            file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Size)) + "\n"));
            file.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(aside, options.KeyPath, overwrite: false);
        }
        catch (IOException) when (File.Exists(options.KeyPath))
        {
            File.Delete(aside);
        }
    }

    private static byte[] ReadKey(string path)
    {
        var key = new byte[Size];
        return Convert.TryFromBase64String(File.ReadAllText(path).Trim(), key, out var length) && length == Size
            ? key
            : throw new WrongSettingException($"Dashboard__KeyFile: {path} holds no key of this program. Put back the file that the first start made, or its backup.");
    }
}
