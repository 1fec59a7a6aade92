using System.Diagnostics;
using Pointsman.PathWatch.Client;
using Pointsman.PathWatch.Messages;
using Xunit;

namespace Pointsman.PathWatch.Tests;

/// <summary>The path watch in a machine, and what it has told.</summary>
internal sealed class Watcher : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<WatchEvent> _events = [];
    private readonly Lock _lock = new();
    private readonly string _script = Path.GetTempFileName();
    private readonly PathWatchClient _client;

    internal Watcher(string machine, params WatchedPath[] paths)
    {
        File.WriteAllText(_script, $"#!/bin/sh\nexec ip netns exec {machine} {Environment.ProcessPath} \"$@\"\n");
        File.SetUnixFileMode(_script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _client = new PathWatchClient(_script, said =>
        {
            lock (_lock)
            {
                _events.Add(said);
            }
        });
        _client.Run(new WatchSettings { Paths = [.. paths] });
    }

    internal static WatchedPath Path50(string neighbor) => new()
    {
        Name = "peer", Neighbor = neighbor, MinRxMs = 50, MinTxMs = 50, IdleTxMs = 1000, Multiplier = 5, TimeToLive = 255,
    };

    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _events.Count;
            }
        }
    }

    internal string Said()
    {
        lock (_lock)
        {
            return string.Join('\n', _events.Select(said => said is WatchEvent.SnapshotTaken taken
                ? string.Join(' ', taken.Paths.Select(path => $"{path} {string.Join(' ', path.Discarded)}"))
                : $"{said}"));
        }
    }

    internal T Expect<T>(Func<T, bool> isIt, int since = 0)
        where T : WatchEvent
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            lock (_lock)
            {
                if (_events.Skip(since).OfType<T>().FirstOrDefault(isIt) is { } found)
                {
                    return found;
                }
            }

            Assert.True(waited.Elapsed < Patience, $"no such {typeof(T).Name}; said:\n{Said()}");
            Thread.Sleep(5);
        }
    }

    internal string ExpectTurn(bool isUp, int since = 0) => Expect<WatchEvent.Turned>(turned => turned.IsUp == isUp, since).Text;

    public void Dispose()
    {
        _client.Dispose();
        File.Delete(_script);
    }
}
