using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Accounts.Keys;

/// <summary>Wraps each Data Protection key with the key of the file before the database sees it.</summary>
public sealed class WrapKeys(KeyFile file) : IXmlEncryptor
{
    internal const string Element = "wrappedKey";
    internal const string By = "by";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        return new EncryptedXmlInfo(
            new XElement(Element, new XAttribute(By, file.Fingerprint), Convert.ToBase64String(file.Encrypt(plain))),
            typeof(UnwrapKeys));
    }
}

/// <summary>The way back. Data Protection makes it by the type name it stored, with the service provider.</summary>
public sealed class UnwrapKeys(IServiceProvider services) : IXmlDecryptor
{
    private readonly KeyFile _file = services.GetRequiredService<KeyFile>();

    public XElement Decrypt(XElement encryptedElement) =>
        XElement.Parse(Encoding.UTF8.GetString(_file.Decrypt(Convert.FromBase64String(encryptedElement.Value))));
}
