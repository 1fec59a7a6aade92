using System.Text;

namespace Pointsman.Probes;

/// <summary>The start of what a script prints. The rest is read and dropped, so that the script never blocks on us.</summary>
internal sealed class ScriptOutput
{
    private readonly byte[] _kept = new byte[512];
    private readonly Lock _lock = new();
    private int _keptCount;

    /// <summary>On one line, without control characters.</summary>
    internal string Text
    {
        get
        {
            lock (_lock)
            {
                string text = Encoding.UTF8.GetString(_kept, 0, _keptCount).Trim();
                return string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));
            }
        }
    }

    internal async Task CollectAsync(Stream stream, CancellationToken stop)
    {
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, stop) is int count and > 0)
            {
                Keep(buffer.AsSpan(0, count));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            // Nobody waits for more.
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            int count = Math.Min(bytes.Length, _kept.Length - _keptCount);
            bytes[..count].CopyTo(_kept.AsSpan(_keptCount));
            _keptCount += count;
        }
    }
}
