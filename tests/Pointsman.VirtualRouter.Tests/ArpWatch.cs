using System.Diagnostics;
using System.Text;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>tcpdump on a machine's eth0, for gratuitous ARP about the virtual address.</summary>
internal sealed class ArpWatch : IDisposable
{
    private readonly string _address;
    private readonly Process _process;
    private readonly StringBuilder _text = new();

    internal ArpWatch(string machine, string address = Network.Vip)
    {
        _address = address;
        var start = new ProcessStartInfo(
            "ip", ["netns", "exec", machine, "tcpdump", "-e", "-n", "-l", "--immediate-mode", "-i", "eth0", "arp"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
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

    /// <summary>How many announcements came from this hardware address.</summary>
    internal int CountOf(string mac) => Text.Split('\n').Count(line =>
        line.Contains(mac + " > ff:ff:ff:ff:ff:ff", StringComparison.Ordinal)
        && line.Contains($"who-has {_address} (ff:ff:ff:ff:ff:ff) tell {_address}", StringComparison.Ordinal));

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
