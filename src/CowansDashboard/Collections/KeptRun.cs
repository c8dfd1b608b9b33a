namespace CowansDashboard.Collections;

/// <summary>What became of a kept rule the last night.</summary>
/// <param name="At">When.</param>
/// <param name="Said">What it did, or what hindered it.</param>
/// <param name="IsHindered">Something of it could not be done.</param>
public sealed record KeptRun(DateTimeOffset At, string Said, bool IsHindered);
