namespace CowansDashboard.Search;

/// <summary>What is wrong with one parameter, and what would be right.</summary>
public sealed record FilterProblem(string Parameter, string Message);
