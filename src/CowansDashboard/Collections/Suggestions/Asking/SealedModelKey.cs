using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace CowansDashboard.Collections.Suggestions.Asking;

/// <summary>Closes and opens the key of an endpoint. It opens only for the shop and the address that it was typed for, so that another address never hears it.</summary>
public sealed class SealedModelKey(IDataProtectionProvider protection)
{
    public byte[] Seal(long storeId, string address, string key) => Protector(storeId, address).Protect(Encoding.UTF8.GetBytes(key));

    /// <summary>Null when it cannot be opened.</summary>
    public string? Open(long storeId, string address, byte[] ciphertext)
    {
        try
        {
            return Encoding.UTF8.GetString(Protector(storeId, address).Unprotect(ciphertext));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtector Protector(long storeId, string address) => protection.CreateProtector("suggestions.model-key", "v1", $"{storeId}", address);
}
