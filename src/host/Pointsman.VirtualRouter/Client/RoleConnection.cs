using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Pointsman.VirtualRouter.Json;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.VirtualRouter.Client;

/// <summary>
/// One running VRRP role, seen from its parent. Events arrive on a thread of their own, in order; the last one is
/// <see cref="RoleEvent.Exited"/>.
/// </summary>
internal sealed class RoleConnection : IDisposable
{
    // A role that cannot even start ends at once. Its end is told this long after its start at the soonest, so that whoever
    // respawns on that news does not do it in a tight loop.
    private static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan MakeWayPollInterval = TimeSpan.FromMilliseconds(20);

    private readonly Stopwatch _sinceStart = Stopwatch.StartNew();
    private readonly ManualResetEventSlim _isAwaited = new();
    private readonly Process _process;
    private readonly Thread _reader;
    private readonly Action<RoleEvent> _onEvent;

    // A role that hangs does not read; who has this much to say to it must not wait. It is replaced, and the next is told everything.
    private readonly BlockingCollection<string> _lines = new(boundedCapacity: 65536);
    private readonly ManualResetEventSlim _isReconfigured = new();
    private volatile bool _isInPlace;
    private int _unansweredBeats;
    private volatile bool _wasAsked;

    internal RoleConnection(RoleLaunch launch, VirtualRouterSettings settings, Action<RoleEvent> onEvent)
    {
        _onEvent = onEvent;
        _process = Process.Start(StartInfo(launch))
            ?? throw new InvalidOperationException($"{launch.Program} was not started");
        WriteLine(JsonSerializer.Serialize(settings, RoleJson.Default.VirtualRouterSettings));
        new Thread(WriteLines) { IsBackground = true, Name = "vrrp-commands" }.Start();
        _reader = new Thread(ReadEvents) { IsBackground = true, Name = "vrrp-events" };
        _reader.Start();
    }

    internal int ProcessId => _process.Id;

    internal bool HasExited => _process.HasExited;

    /// <summary>A role that is gone takes no commands; its end is told as an event.</summary>
    internal void Send(RoleCommand command) =>
        WriteLine(JsonSerializer.Serialize(command, RoleJson.Default.RoleCommand));

    /// <summary>So many beats were sent since the role answered one.</summary>
    internal int UnansweredBeats => Volatile.Read(ref _unansweredBeats);

    /// <summary>Tells the role that its parent lives, and asks whether it does.</summary>
    internal void Beat()
    {
        Interlocked.Increment(ref _unansweredBeats);
        WriteLine("");
    }

    /// <summary>Ends one that hangs; its end is told as an event.</summary>
    internal void Kill() => _process.Kill();

    internal void AskToStop()
    {
        _wasAsked = true;
        Send(new RoleCommand.Stop());
    }

    internal void AskToLeave()
    {
        _wasAsked = true;
        Send(new RoleCommand.HandOver());
    }

    /// <summary>Gives a running role other settings, and waits until they hold.</summary>
    /// <returns>False when only a new role can have them, or this one does not answer.</returns>
    internal bool TryReconfigure(VirtualRouterSettings settings, TimeSpan patience)
    {
        _isReconfigured.Reset();
        Send(new RoleCommand.Reconfigure(settings));
        return _isReconfigured.Wait(patience) && _isInPlace;
    }

    /// <summary>Waits until the next role, which asks for it by itself, has taken this one's place.</summary>
    /// <returns>False when the next one did not come up: this one still serves.</returns>
    internal bool TryMakeWayFor(RoleConnection next, TimeSpan patience)
    {
        bool wasAskedBefore = _wasAsked;
        var sinceBeat = Stopwatch.StartNew();
        _wasAsked = true;
        while (!_process.WaitForExit(MakeWayPollInterval))
        {
            if (next._process.HasExited && !_process.HasExited)
            {
                _wasAsked = wasAskedBefore;
                return false;
            }

            if (next._sinceStart.Elapsed > patience)
            {
                break;
            }

            // It serves, and nobody else tells it meanwhile that its parent lives.
            if (sinceBeat.Elapsed > BeatInterval)
            {
                sinceBeat.Restart();
                Beat();
            }
        }

        WaitForEnd(TimeSpan.Zero);
        Dispose();
        return true;
    }

    /// <returns>False when the role did not end by itself and was killed.</returns>
    internal bool WaitForEnd(TimeSpan patience)
    {
        bool endedByItself = _process.WaitForExit(patience);
        if (!endedByItself)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        if (Thread.CurrentThread != _reader)
        {
            _isAwaited.Set();
            _reader.Join();
        }

        return endedByItself;
    }

    /// <summary>Lets go of the role; one that still runs goes on as an orphan.</summary>
    public void Dispose() => _lines.CompleteAdding();

    private static ProcessStartInfo StartInfo(RoleLaunch launch)
    {
        var start = new ProcessStartInfo(launch.Program, launch.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };

        // Collections are rare and short in the role; none may run beside the real-time thread and make it wait twice.
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";

        // Hexadecimal: 16 MiB may be allocated between two collections. What the role allocates in a quiet year is less.
        start.Environment["DOTNET_GCgen0size"] = "1000000";
        return start;
    }

    private void WriteLine(string line)
    {
        try
        {
            _lines.TryAdd(line);
        }
        catch (InvalidOperationException)
        {
            return;      // it was let go of
        }
    }

    private void WriteLines()
    {
        try
        {
            foreach (string line in _lines.GetConsumingEnumerable())
            {
                _process.StandardInput.WriteLine(line);
                _process.StandardInput.Flush();
            }

            _process.StandardInput.Dispose();
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            return;      // what was still to be written has no reader; the reader thread tells of its end
        }
    }

    private void ReadEvents()
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (line.Length == 0)
            {
                Volatile.Write(ref _unansweredBeats, 0);
            }
            else if (Parse(line) is { } happened)
            {
                if (happened is RoleEvent.Reconfigured answer)
                {
                    _isInPlace = answer.InPlace;
                    _isReconfigured.Set();
                }

                _onEvent(happened);
            }
        }

        // One that died of the settings does not answer.
        _isInPlace = false;
        _isReconfigured.Set();
        _process.WaitForExit();
        TimeSpan early = ShortestLife - _sinceStart.Elapsed;
        if (!_wasAsked && early > TimeSpan.Zero)
        {
            _isAwaited.Wait(early);
        }

        _onEvent(new RoleEvent.Exited(_process.ExitCode, _wasAsked));
    }

    private static RoleEvent? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, RoleJson.Default.RoleEvent);
        }
        catch (JsonException)
        {
            // Not ours: a library printed to standard output, or the role died in the middle of a line.
            return new RoleEvent.Noted(IsWarning: true, "VRRP role printed: " + line);
        }
    }
}
