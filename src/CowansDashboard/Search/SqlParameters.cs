using Npgsql;

namespace CowansDashboard.Search;

/// <summary>Collects the parameters of one statement while its text is put together.</summary>
internal sealed class SqlParameters
{
    private readonly List<NpgsqlParameter> _parameters = [];

    public string Add<T>(T value)
    {
        _parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return "$" + _parameters.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    public NpgsqlCommand Command(NpgsqlDataSource database, string sql)
    {
        var command = database.CreateCommand(sql);
        foreach (var parameter in _parameters)
            command.Parameters.Add(parameter);
        return command;
    }
}
