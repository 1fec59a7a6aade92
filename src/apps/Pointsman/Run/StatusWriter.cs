using Pointsman.Control;
using Pointsman.Control.Status;
using Pointsman.Dataplane;

namespace Pointsman.App.Run;

/* The status of ten thousand servers takes a good part of a second to put together and to write down. The engine's thread
   must not stand still for so long, and neither must a thread of the pool, which may have only one: checks wait for both.
   So each answer has a thread of its own, and one is written at a time. */

/// <summary>Writes what the daemon knew as an answer to those who asked.</summary>
internal sealed class StatusWriter
{
    private readonly Lock _one = new();

    /// <summary>Returns at once.</summary>
    internal void Answer(StatusFacts facts, IReadOnlyCollection<TaskCompletionSource<ControlReply>> askers, Func<StatusFacts, NodeStatus, ControlReply> reply)
    {
        var thread = new Thread(() => Write(facts, askers, reply)) { Name = "status", IsBackground = true };
        thread.Start();
    }

    private void Write(
        StatusFacts facts, IReadOnlyCollection<TaskCompletionSource<ControlReply>> askers, Func<StatusFacts, NodeStatus, ControlReply> reply)
    {
        try
        {
            ControlReply answer;
            lock (_one)
            {
                answer = reply(facts, StatusBuilder.Build(facts, Read(facts.PinDirectory)));
            }

            foreach (TaskCompletionSource<ControlReply> asker in askers)
            {
                asker.TrySetResult(answer);
            }
        }
        catch (Exception fault)
        {
            // The edge of the thread: the control server tells the log, and the client that it failed.
            foreach (TaskCompletionSource<ControlReply> asker in askers)
            {
                asker.TrySetException(fault);
            }
        }
    }

    // The pins are opened anew: the daemon's own hold on them is the engine's.
    private static DataplaneSnapshot? Read(string? pinDirectory)
    {
        using XdpDataplaneReader? reader = pinDirectory is null ? null : XdpDataplaneReader.TryOpen(pinDirectory);
        return reader?.ReadSnapshot();
    }
}
