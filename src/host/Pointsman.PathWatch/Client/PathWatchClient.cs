using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Pointsman.PathWatch.Messages;

namespace Pointsman.PathWatch.Client;

/// <summary>
/// Starts, feeds and stops the path watch. Events come on a thread of their own, in order. The caller respawns: after an
/// Exited event that was not asked for, call <see cref="Run"/> again.
/// </summary>
public sealed class PathWatchClient(string program, Action<WatchEvent> onEvent) : IDisposable
{
    public const string CommandName = "bfd-role";

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    // A process that hangs does not read, and who has this much to say to it must not wait.
    private const int LinesWaiting = 1024;

    private Process? _process;
    private BlockingCollection<string>? _lines;
    private Thread? _reader;
    private volatile bool _wasAsked;

    /// <summary>Null while none runs.</summary>
    public int? ProcessId => _process is { HasExited: false } process ? process.Id : null;

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Why no process could be made at the last <see cref="Run"/> (no memory, no descriptors, no program); null: one was, or runs.</summary>
    public string? StartFault { get; private set; }

    /// <summary>Starts it, or gives the running one other settings: what is the same in them goes on.</summary>
    public void Run(WatchSettings settings)
    {
        StartFault = null;
        if (IsRunning || TryStart())
        {
            _lines!.TryAdd(JsonSerializer.Serialize(settings, WatchJson.Default.WatchSettings));
        }
    }

    /// <summary>Ends one that hangs. An Exited event tells of it as of one that died.</summary>
    public void Kill() => _process?.Kill();

    /// <summary>Has it tell its neighbours and end.</summary>
    public void Stop()
    {
        if (_process is not { } process)
        {
            return;
        }

        _wasAsked = true;
        _lines!.CompleteAdding();
        if (!process.WaitForExit(StopPatience))
        {
            process.Kill();
            process.WaitForExit();
        }

        if (Thread.CurrentThread != _reader)
        {
            _reader!.Join();
        }

        process.Dispose();
        _process = null;
    }

    public void Dispose() => Stop();

    private bool TryStart()
    {
        _lines?.CompleteAdding();
        _process?.Dispose();
        _process = null;
        _wasAsked = false;
        var start = new ProcessStartInfo(program, [CommandName]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";

        // Hexadecimal: 16 MiB may be allocated between two collections.
        start.Environment["DOTNET_GCgen0size"] = "1000000";
        try
        {
            Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} was not started");
            _process = process;
            var lines = new BlockingCollection<string>(LinesWaiting);
            _lines = lines;
            new Thread(() => WriteLines(process, lines)) { IsBackground = true, Name = "bfd-commands" }.Start();
            _reader = new Thread(() => ReadEvents(process)) { IsBackground = true, Name = "bfd-events" };
            _reader.Start();
            return true;
        }
        catch (Exception refused) when (refused is Win32Exception or IOException)
        {
            StartFault = refused.Message;
            return false;
        }
    }

    private void ReadEvents(Process process)
    {
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (Parse(line) is { } happened)
            {
                onEvent(happened);
            }
        }

        process.WaitForExit();
        onEvent(new WatchEvent.Exited(process.ExitCode, _wasAsked));
    }

    private static WatchEvent? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, WatchJson.Default.WatchEvent);
        }
        catch (JsonException)
        {
            // Not ours: a library printed to standard output, or it died in the middle of a line.
            return new WatchEvent.Noted("BFD role printed: " + line);
        }
    }

    private static void WriteLines(Process process, BlockingCollection<string> lines)
    {
        try
        {
            foreach (string line in lines.GetConsumingEnumerable())
            {
                process.StandardInput.WriteLine(line);
                process.StandardInput.Flush();
            }

            process.StandardInput.Dispose();
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or InvalidOperationException)
        {
            return;      // the reader thread tells of its end
        }
    }
}
