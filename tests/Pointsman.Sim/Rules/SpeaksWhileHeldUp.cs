using Pointsman.Base;
using Pointsman.Sim.World;
using Pointsman.Vrrp;

namespace Pointsman.Sim.Rules;

/// <summary>
/// A master whose process waits for the kernel goes on speaking in each interval: nobody takes a slow change of addresses for
/// its death. But for a second only: who hears nothing must not hold its place for ever.
/// </summary>
internal sealed class SpeaksWhileHeldUp(Cluster cluster) : Rule(cluster)
{
    // The deputy's own wake-up.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(2);

    private readonly Instant[,] _silentWithReasonAt = new Instant[cluster.Nodes.Length, cluster.Site.InstanceCount];

    // It gives the role's own thread a quarter of an interval to speak first.
    private TimeSpan DeputyWaits => Site.AdvertInterval / 4;

    public override void OnAdvertSent(SimNode node, VrrpInstance instance, byte priority)
    {
        if (node.Role.HeldUpSince is { } since && Now > since + VrrpTimers.SpeechWhileHeldUp + Grace)
        {
            Break($"{node.Name} speaks as master of {instance.Settings.Name}, and its process waits for {(Now - since).TotalSeconds:0.000} s");
        }
    }

    public override void AfterEvent()
    {
        foreach (SimNode node in Cluster.Nodes)
        {
            for (int i = 0; i < Site.InstanceCount; i++)
            {
                ref Instant silentAt = ref _silentWithReasonAt[node.Index, i];
                if (!MustSpeak(node, i))
                {
                    silentAt = Now;
                    continue;
                }

                Instant held = node.Role.HeldUpSince!.Value;
                Instant from = held > silentAt ? held : silentAt;
                TimeSpan silence = Now - (node.SpokeAt[i] > from ? node.SpokeAt[i] : from);
                if (silence > Site.AdvertInterval + DeputyWaits + Grace)
                {
                    Break($"{node.Name} waits for the kernel, and is silent as master of VI_{i + 1} for {silence.TotalSeconds:0.000} s");
                }
            }
        }
    }

    private bool MustSpeak(SimNode node, int instance) =>
        node.Role is { Router: { } router, IsFrozen: false, HeldUpSince: { } since } && Now < since + VrrpTimers.SpeechWhileHeldUp
        && node.LinkOf(instance).HasCarrier
        && node.Role.MachineOf(instance) is { State: VrrpState.Master } machine
        && !router.ComesTooLate(Now, VrrpAction.Arm(machine.Index));
}
