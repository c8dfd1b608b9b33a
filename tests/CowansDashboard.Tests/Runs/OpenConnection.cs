using System.Security.Claims;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;

namespace CowansDashboard.Tests.Runs;

/// <summary>A hub's connection that stays open until the server closes it.</summary>
internal sealed class OpenConnection(ClaimsPrincipal? user = null) : HubCallerContext, IDisposable
{
    private readonly CancellationTokenSource _closed = new();

    public override string ConnectionId { get; } = Guid.NewGuid().ToString("N");

    public override string? UserIdentifier => null;

    public override ClaimsPrincipal? User => user;

    public override IDictionary<object, object?> Items { get; } = new Dictionary<object, object?>();

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override CancellationToken ConnectionAborted => _closed.Token;

    public override void Abort() => _closed.Cancel();

    public void Dispose() => _closed.Dispose();
}
