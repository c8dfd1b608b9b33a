using System.Net.Sockets;
using CowansDashboard.Data;
using Npgsql;

namespace CowansDashboard.Tests.Data;

public sealed class LostDatabaseTests
{
    [Theory]
    [InlineData("08006", true)]
    [InlineData("57P01", true)]
    [InlineData("25006", true)]
    [InlineData("23505", false)]
    public void A_server_that_is_away_or_was_replaced_is_told_from_one_that_refuses(string state, bool isLost) =>
        LostDatabase.Is(new InvalidOperationException("Outside", new PostgresException("It said so.", "ERROR", "ERROR", state))).ShouldBe(isLost);

    [Fact]
    public void So_is_a_pair_of_servers_of_which_none_takes_writes()
    {
        LostDatabase.Is(new NpgsqlException("No suitable host was found.")).ShouldBeTrue();
        LostDatabase.Is(new NpgsqlException("Unable to connect to a suitable host.", new AggregateException(new NpgsqlException("Failed to connect", new SocketException())))).ShouldBeTrue();
        LostDatabase.Is(new NpgsqlException("The connection pool has been exhausted")).ShouldBeFalse();
    }
}
