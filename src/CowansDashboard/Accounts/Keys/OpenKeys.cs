using System.Xml.Linq;
using CowansDashboard.Data;

namespace CowansDashboard.Accounts.Keys;

/// <summary>Makes the key file at the first start, and later stops a start whose key file does not open what the database keeps.</summary>
public sealed class OpenKeys(KeyFile file, StoredKeys stored)
{
    public void Open()
    {
        var wrappedBy = stored.GetAllElements()
            .SelectMany(key => key.Descendants(WrapKeys.Element))
            .Select(wrapped => (string?)wrapped.Attribute(WrapKeys.By))
            .ToHashSet();
        if (!file.Exists && wrappedBy.Count > 0)
            throw new WrongSettingException(
                $"Dashboard__KeyFile: there is no file {file.Path}, but the database holds secrets that only this file opens. Put it back from your backup, or copy it from the node that made it.");
        try
        {
            if (!file.Exists)
                file.Create();
            if (wrappedBy.Count > 0 && !wrappedBy.Contains(file.Fingerprint))
                throw new WrongSettingException(
                    $"Dashboard__KeyFile: {file.Path} is another key than the one that closed the secrets in this database. Put back the right file, or name it in Dashboard__KeyFile.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new WrongSettingException(
                $"Dashboard__KeyFile: {file.Path} cannot be read or made ({failure.Message}). Give a path in a folder that this program may write to.");
        }
    }
}
