using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>tcpdump on a machine's eth0: what was on the wire, and when.</summary>
internal sealed class WireLog : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _text = new();

    internal WireLog(string machine, string filter)
    {
        _process = Process.Start(new ProcessStartInfo(
            "ip", ["netns", "exec", machine, "tcpdump", "-tt", "-e", "-n", "-l", "--immediate-mode", "-i", "eth0", filter])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var isListening = new ManualResetEventSlim();
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("listening on", StringComparison.Ordinal) == true)
            {
                isListening.Set();
            }
        };
        _process.OutputDataReceived += (_, line) =>
        {
            lock (_text)
            {
                _text.AppendLine(line.Data);
            }
        };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        Assert.True(isListening.Wait(Node.Patience), "tcpdump does not listen");
    }

    internal static double Now => (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;

    internal string Text
    {
        get
        {
            lock (_text)
            {
                return _text.ToString();
            }
        }
    }

    /// <summary>When packets were seen whose line has this text, in seconds.</summary>
    internal double[] Times(string what, double from = 0, double to = double.MaxValue) =>
    [
        .. Text.Split('\n').Where(line => line.Contains(what, StringComparison.Ordinal))
            .Select(line => double.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture)).Where(time => time >= from && time <= to),
    ];

    internal int Count(string what, double from = 0, double to = double.MaxValue) => Times(what, from, to).Length;

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
