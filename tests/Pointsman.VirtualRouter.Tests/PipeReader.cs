using System.Diagnostics;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>A named pipe that lies there before the director comes, and outlives it: what it says last is read, too.</summary>
internal sealed class PipeReader : IDisposable
{
    private readonly string _path;
    private readonly List<string> _lines = [];
    private readonly Process _process;
    private readonly FileStream _open;

    internal PipeReader(string path)
    {
        _path = path;
        Network.Command("mkfifo", path);

        // Open for both, so that no writer's end is the end.
        _open = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        _process = Process.Start(new ProcessStartInfo("cat", [path]) { RedirectStandardOutput = true })!;
        _process.OutputDataReceived += (_, line) =>
        {
            lock (_lines)
            {
                if (line.Data is { } text)
                {
                    _lines.Add(text);
                }
            }
        };
        _process.BeginOutputReadLine();
    }

    internal string[] Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    internal void Expect(Keepalived director, params string[] lines) => Node.WaitUntil(
        () => lines.All(Lines.Contains), () => $"{string.Join(", ", lines)} of\n{string.Join('\n', Lines)}\n{director.Log}");

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _open.Dispose();
        File.Delete(_path);
    }
}
