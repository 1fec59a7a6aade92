using System.Runtime.InteropServices;

namespace Pointsman.App.Run;

/// <summary>What the daemon's signals ask for.</summary>
internal sealed class SignalPart : IDisposable
{
    private const int Data = 10;
    private const int Statistics = 12;
    private const int JsonData = 36;
    private const int ClearStatistics = 63;

    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly Action<DaemonEvent> _post;

    internal SignalPart(Action<DaemonEvent> post)
    {
        _post = post;
        Listen(PosixSignal.SIGTERM, new DaemonEvent.StopAsked("SIGTERM"));
        Listen(PosixSignal.SIGINT, new DaemonEvent.StopAsked("SIGINT"));
        Listen((PosixSignal)Data, new DaemonEvent.DumpAsked(HasFigures: false));
        Listen((PosixSignal)Statistics, new DaemonEvent.DumpAsked(HasFigures: true));

        // keepalived's for figures in other forms: whoever sends them must not end a daemon.
        Listen((PosixSignal)JsonData, new DaemonEvent.Line("signal 36: `pointsman status --json` has what it asks for"));
        Listen((PosixSignal)ClearStatistics, new DaemonEvent.Line("signal 63: figures are not cleared here; SIGUSR2 writes them"));
        Listen(PosixSignal.SIGHUP, new DaemonEvent.ReloadAsked(new ReloadRequest(File: null, Applies: true, Asker: null)));
    }

    /// <summary>The signal for one of keepalived's words; null: there is none here.</summary>
    internal static int? NumberOf(string word) => word switch
    {
        "STOP" => 15,
        "RELOAD" => 1,
        "DATA" => Data,
        "STATS" => Statistics,
        _ => null,
    };

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
        {
            signal.Dispose();
        }
    }

    private void Listen(PosixSignal signal, DaemonEvent happened) =>
        _signals.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            _post(happened);
        }));
}
