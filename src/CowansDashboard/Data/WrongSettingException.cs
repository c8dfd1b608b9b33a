namespace CowansDashboard.Data;

/// <summary>A setting that stops the start. The message names it as the person typed it, and what would be right.</summary>
public sealed class WrongSettingException(string message) : Exception(message);
