using System.CommandLine;
using Pointsman.App.Run;
using Pointsman.Vrrp;

namespace Pointsman.App.Mastership;

/// <summary><c>pointsman vrrp</c>: who is master is the protocol's matter, and sometimes the operator's.</summary>
internal static class VrrpCommand
{
    internal static Command Create() => new("vrrp", "See who is master on the wire, and move the virtual addresses by hand.")
    {
        WatchCommand.Create(),
        Order(
            "failover",
            "Hand the addresses to the other node. This one serves until that one has spoken, serves on if none does, and then"
            + " stands aside, whatever the priorities, until it is master again.",
            VrrpOrder.StandAside),
        Order(
            "takeover",
            "Take the addresses from a master of lower priority, also after a failover or against nopreempt.",
            VrrpOrder.TakeOver),
        new Command("maintenance", "Take this node out, or put it back.")
        {
            MaintenanceOn(),
            Order("off", "Put this node back: it is a backup again, and takes over if its priority says so.", VrrpOrder.None),
        },
    };

    private static Command MaintenanceOn()
    {
        var force = new Option<bool>("--force")
        {
            Description = "Even if nobody takes over: then the addresses are served by no one.",
        };
        return Order(
            "on",
            "Hand over and stay out (FAULT) until put back, also after a restart of the daemon; a restart of the machine puts"
            + " it back. Refused while no other node stands up.",
            VrrpOrder.Rest,
            force);
    }

    private static Command Order(string name, string description, VrrpOrder order, Option<bool>? force = null)
    {
        var target = new Argument<string?>("NAME")
        {
            Description = "A vrrp_instance or vrrp_sync_group; without it all of them. A group moves as a whole.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string> runDirectory = CommonOptions.RunDirectory();
        var command = new Command(name, description) { target, runDirectory };
        if (force is not null)
        {
            command.Add(force);
        }

        command.SetAction(parsed =>
        {
            VrrpOrder asked = force is not null && parsed.GetValue(force) ? VrrpOrder.RestUnserved : order;
            var paths = new RunPaths(parsed.GetValue(runDirectory)!, RunPaths.Default.PinDirectory);
            return new OrderRun(paths, asked, Console.Out, Console.Error).Run(parsed.GetValue(target));
        });
        return command;
    }
}
