using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace CowansDashboard.Web.Accounts;

/// <summary>Remembers in a browser which account signed in there last. It opens nothing: it only spares that person the wait that others caused.</summary>
public sealed class KnownBrowser(IDataProtectionProvider protection)
{
    private const string Cookie = "cowans-known";

    private static readonly TimeSpan Remembered = TimeSpan.FromDays(180);

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("known-browser").ToTimeLimitedDataProtector();

    public long? Account(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is not { Length: > 0 } kept)
            return null;
        try
        {
            return long.Parse(_protector.Unprotect(kept), CultureInfo.InvariantCulture);
        }
        catch (CryptographicException)
        {
            // Too old, or not ours.
            return null;
        }
    }

    public void Remember(HttpContext context, long account) =>
        context.Response.Cookies.Append(Cookie, _protector.Protect(account.ToString(CultureInfo.InvariantCulture), Remembered), new()
        {
            HttpOnly = true,
            IsEssential = true,
            MaxAge = Remembered,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
        });
}
