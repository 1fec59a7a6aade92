using System.Runtime.InteropServices;

namespace Pointsman.App.Run;

/// <summary>What the daemon's signals ask for.</summary>
internal sealed class SignalPart : IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly Action<DaemonEvent> _post;

    internal SignalPart(Action<DaemonEvent> post)
    {
        _post = post;
        Listen(PosixSignal.SIGTERM, new DaemonEvent.StopAsked("SIGTERM"));
        Listen(PosixSignal.SIGINT, new DaemonEvent.StopAsked("SIGINT"));
        Listen(PosixSignal.SIGHUP, new DaemonEvent.ReloadAsked(new ReloadRequest(File: null, Applies: true, Asker: null)));
    }

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
