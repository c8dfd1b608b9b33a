using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace CowansDashboard.BrowserTests.Support;

/// <summary>A TCP wire between the browser and the dashboard that can be cut and mended, as trains do in tunnels.</summary>
public sealed class CuttableWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, byte> _open = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Uri _target;
    private readonly Task _accepting;
    private volatile bool _isCut;

    public CuttableWire(Uri target)
    {
        _target = target;
        _listener.Start();
        Address = new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = Accept();
    }

    public Uri Address { get; }

    public void Cut()
    {
        _isCut = true;
        foreach (var client in _open.Keys)
            client.Dispose();
    }

    public void Mend() => _isCut = false;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        Cut();
        await _accepting;
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task Accept()
    {
        var carried = new List<Task>();
        while (!_end.IsCancellationRequested)
        {
            try
            {
                carried.Add(Carry(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
        await Task.WhenAll(carried);
    }

    private async Task Carry(TcpClient browser)
    {
        using var dashboard = new TcpClient();
        using var _ = browser;
        try
        {
            if (_isCut)
                return;
            await dashboard.ConnectAsync(_target.Host, _target.Port, _end.Token);
            _open[browser] = _open[dashboard] = 0;
            await Task.WhenAny(
                browser.GetStream().CopyToAsync(dashboard.GetStream(), _end.Token),
                dashboard.GetStream().CopyToAsync(browser.GetStream(), _end.Token));
        }
        catch (Exception cut) when (cut is IOException or SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // That is what a cut wire looks like from inside.
        }
        finally
        {
            _open.TryRemove(browser, out byte _);
            _open.TryRemove(dashboard, out byte _);
        }
    }
}
