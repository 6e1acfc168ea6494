// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Drift.TestKit;

/// <summary>Clients that ask for a page, each as soon as it has its answer, for as long as servers come and go.</summary>
public sealed class Load : IAsyncDisposable
{
    /// <summary>How many ask at once.</summary>
    public const int Clients = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _lost = new();
    private readonly Func<IPEndPoint> _choose;
    private readonly Func<Socket>? _open;
    private readonly TimeSpan _pause;
    private readonly IReadOnlyList<byte[]> _pages;
    private readonly Task[] _clients;
    private long _answers;
    private long _closes;

    /// <summary>Starts the load.</summary>
    /// <param name="choose">Says which server the next request goes to.</param>
    /// <param name="page">What each answer must be.</param>
    /// <param name="pause">How long each client waits after an answer.</param>
    public Load(Func<IPEndPoint> choose, byte[] page, TimeSpan pause = default)
        : this(choose, [page], Clients, pause, null)
    {
    }

    /// <summary>Starts the load.</summary>
    /// <param name="choose">Says which server the next request goes to.</param>
    /// <param name="pages">One of them each answer must be.</param>
    /// <param name="clients">How many ask at once.</param>
    /// <param name="pause">How long each waits after an answer.</param>
    /// <param name="open">Makes the sockets, for example in another network; null for this one.</param>
    public Load(Func<IPEndPoint> choose, IReadOnlyList<byte[]> pages, int clients, TimeSpan pause, Func<Socket>? open)
    {
        (_choose, _pages, _pause, _open) = (choose, pages, pause, open);
        _clients = [.. Enumerable.Range(0, clients).Select(_ => Task.Run(AskOnAndOnAsync))];
    }

    /// <summary>How many requests had their answer, whole and the right one.</summary>
    public long Answers => Interlocked.Read(ref _answers);

    /// <summary>How many answers told the client to go elsewhere: valid once it is stopped.</summary>
    public long Closes => Interlocked.Read(ref _closes);

    /// <summary>Goes on until there were so many answers, and returns what became of the requests that had none.</summary>
    public async Task<IReadOnlyCollection<string>> StopAsync(long answers, CancellationToken cancellationToken)
    {
        while (Answers < answers && _lost.IsEmpty) await Task.Delay(50, cancellationToken);
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
        return _lost;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
        _stop.Dispose();
    }

    private async Task AskOnAndOnAsync()
    {
        var connections = new Dictionary<IPEndPoint, KeepAliveClient>();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var server = _choose();
                if (!connections.TryGetValue(server, out var connection)) connections.Add(server, connection = new KeepAliveClient(server, _open));
                using var patience = new CancellationTokenSource(Patience);
                var answer = await connection.GetAsync(patience.Token);
                if (!_pages.Any(page => answer.Span.SequenceEqual(page))) throw new IOException("the page is another one");
                Interlocked.Increment(ref _answers);
                if (_pause > TimeSpan.Zero) await Task.Delay(_pause, CancellationToken.None);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                _lost.Enqueue($"after {Answers} answers: {e.Message}");
            }
        }
        foreach (var connection in connections.Values)
        {
            Interlocked.Add(ref _closes, connection.Closes);
            connection.Dispose();
        }
    }
}
