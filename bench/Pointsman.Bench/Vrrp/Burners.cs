using System.Diagnostics;

namespace Pointsman.Bench.Vrrp;

/// <summary>Ordinary processes that want every CPU all the time.</summary>
internal sealed class Burners : IDisposable
{
    private readonly Process[] _processes =
    [
        .. Enumerable.Range(0, Environment.ProcessorCount).Select(_ =>
            Process.Start(new ProcessStartInfo("sha1sum", ["/dev/zero"]) { RedirectStandardOutput = true })!),
    ];

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
