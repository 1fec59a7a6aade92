using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Pointsman.Probes.Sending;

/// <summary>Commands and answers, each answer as a whole within the step's time and a bounded size.</summary>
internal sealed class SmtpTalk(TimeSpan stepTimeout, CancellationToken stop)
{
    /// <summary>RFC 5321 §4.5.3.1.5 allows a line 512 bytes; servers greet with several.</summary>
    private const int ReplyLimitBytes = 16 * 1024;

    private readonly byte[] _buffer = new byte[ReplyLimitBytes];
    private int _filled;

    /// <summary>Replaced when TLS begins.</summary>
    internal required Stream Stream { get; set; }

    /// <summary>Bytes beyond the last answer: a server has spoken out of turn.</summary>
    internal bool HasUnread => _filled > 0;

    /// <param name="shown">What is told of it when it goes wrong; no secret.</param>
    /// <exception cref="MailTrouble">No answer, or none that can be read.</exception>
    internal async Task<SmtpReply> SayAsync(string command, string shown) =>
        await SayAsync(Encoding.UTF8.GetBytes($"{command}\r\n"), shown);

    internal Task<SmtpReply> SayAsync(byte[] bytes, string shown) => WithinAsync(shown, async patience =>
    {
        await Stream.WriteAsync(bytes, patience);
        await Stream.FlushAsync(patience);
        return await ReadAsync(shown, patience);
    });

    /// <summary>What it says unasked: its greeting.</summary>
    internal Task<SmtpReply> HearAsync(string shown) => WithinAsync(shown, patience => ReadAsync(shown, patience));

    /// <summary>Bounds a step, and words how it fails.</summary>
    internal async Task<TResult> WithinAsync<TResult>(string shown, Func<CancellationToken, Task<TResult>> step)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(stepTimeout);
        try
        {
            return await step(patience.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new MailTrouble($"{shown}: no answer within {stepTimeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s");
        }
        catch (IOException broken)
        {
            throw new MailTrouble($"{shown}: {broken.InnerException?.Message ?? broken.Message}");
        }
    }

    private async Task<SmtpReply> ReadAsync(string shown, CancellationToken patience)
    {
        while (true)
        {
            if (TryTake() is { } reply)
            {
                return reply;
            }

            if (_filled == _buffer.Length)
            {
                throw new MailTrouble($"{shown}: the answer does not end");
            }

            int count = await Stream.ReadAsync(_buffer.AsMemory(_filled), patience);
            if (count == 0)
            {
                throw new MailTrouble($"{shown}: it hung up");
            }

            _filled += count;
        }
    }

    // RFC 5321 §4.2.1: all lines but the last have a hyphen behind the code.
    private SmtpReply? TryTake()
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        int at = 0;
        while (_buffer.AsSpan(at, _filled - at).IndexOf((byte)'\n') is var length and >= 0)
        {
            string line = Encoding.UTF8.GetString(_buffer, at, length).TrimEnd('\r');
            at += length + 1;
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int code))
            {
                throw new MailTrouble($"it does not speak SMTP: {new SmtpReply(0, [line]).ToString()[2..]}");
            }

            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] != '-')
            {
                _buffer.AsSpan(at, _filled - at).CopyTo(_buffer);
                _filled -= at;
                return new SmtpReply(code, lines.ToImmutable());
            }
        }

        return null;
    }
}
