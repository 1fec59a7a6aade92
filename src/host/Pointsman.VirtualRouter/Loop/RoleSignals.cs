using System.Runtime.InteropServices;
using Pointsman.Linux.Processes;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>What signals mean to the role. Keys of a terminal and its end are the parent's affair.</summary>
internal sealed class RoleSignals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;

    internal RoleSignals(CommandInbox inbox)
    {
        _registrations =
        [
            On((PosixSignal)(int)Signal.User1, () => inbox.Post(new RoleCommand.HandOver())),
            On(PosixSignal.SIGTERM, () => inbox.Post(new RoleCommand.Stop())),
            On(PosixSignal.SIGINT, () => { }),
            On(PosixSignal.SIGHUP, () => { }),
        ];
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private static PosixSignalRegistration On(PosixSignal signal, Action action) => PosixSignalRegistration.Create(
        signal,
        context =>
        {
            context.Cancel = true;
            action();
        });
}
