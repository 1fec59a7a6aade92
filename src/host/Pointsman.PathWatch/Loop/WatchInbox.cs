using System.Collections.Concurrent;
using System.Text.Json;
using Pointsman.Linux.Timing;
using Pointsman.PathWatch.Messages;

namespace Pointsman.PathWatch.Loop;

/// <summary>Settings for the real-time thread, read and parsed on a thread of their own; null is the end of the input.</summary>
internal sealed class WatchInbox(TextReader input) : IDisposable
{
    private readonly ConcurrentQueue<WatchSettings?> _settings = new();

    internal WakeEvent Wake { get; } = new();

    internal void StartReading() => new Thread(Read) { IsBackground = true, Name = "bfd-commands" }.Start();

    internal bool TryTake(out WatchSettings? settings) => _settings.TryDequeue(out settings);

    public void Dispose() => Wake.Dispose();

    private void Read()
    {
        try
        {
            while (input.ReadLine() is { } line)
            {
                if (JsonSerializer.Deserialize(line, WatchJson.Default.WatchSettings) is { } settings)
                {
                    Post(settings);
                }
            }
        }
        catch (Exception broken) when (broken is IOException or JsonException)
        {
            // A parent that died in the middle of a line, or does not speak our language, is no parent.
            Console.Error.WriteLine($"bfd-role: input ended: {broken.Message}");
        }

        Post(null);
    }

    private void Post(WatchSettings? settings)
    {
        _settings.Enqueue(settings);
        Wake.Signal();
    }
}
