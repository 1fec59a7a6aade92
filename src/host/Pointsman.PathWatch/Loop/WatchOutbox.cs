using System.Collections.Concurrent;
using System.Text.Json;
using Pointsman.PathWatch.Messages;

namespace Pointsman.PathWatch.Loop;

/// <summary>Events to the control process; JSON and the pipe, which may be full, are a thread's of their own.</summary>
internal sealed class WatchOutbox : IDisposable
{
    private const int Capacity = 1024;

    private readonly BlockingCollection<WatchEvent> _events = new(Capacity);
    private readonly Thread _writer;

    internal WatchOutbox()
    {
        _writer = new Thread(Write) { IsBackground = true, Name = "bfd-events" };
        _writer.Start();
    }

    /// <summary>What has no room is lost: the next snapshot tells how things stand.</summary>
    internal void Post(WatchEvent happened) => _events.TryAdd(happened);

    public void Dispose()
    {
        _events.CompleteAdding();
        _writer.Join(TimeSpan.FromSeconds(1));
        _events.Dispose();
    }

    private void Write()
    {
        try
        {
            foreach (WatchEvent happened in _events.GetConsumingEnumerable())
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(happened, WatchJson.Default.WatchEvent));
                Console.Out.Flush();
            }
        }
        catch (IOException)
        {
            // Nobody reads any more; the end of the input tells the loop.
            return;
        }
    }
}
