using Npgsql;

namespace CowansDashboard.Search;

/// <summary>Collects the parameters of a statement, or of several with the same parts, while their text is put together.</summary>
internal sealed class SqlParameters
{
    private readonly List<NpgsqlParameter> _parameters = [];

    public string Add<T>(T value)
    {
        _parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return "$" + _parameters.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    public NpgsqlCommand Command(NpgsqlDataSource database, string sql) => Filled(database.CreateCommand(sql));

    /// <summary>On one connection, with what was set for its transaction.</summary>
    public NpgsqlCommand Command(NpgsqlConnection connection, string sql) => Filled(new NpgsqlCommand(sql, connection));

    private NpgsqlCommand Filled(NpgsqlCommand command)
    {
        foreach (var parameter in _parameters)
            command.Parameters.Add(parameter.Clone());
        return command;
    }
}
