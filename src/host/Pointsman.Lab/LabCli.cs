using System.Text.Json;
using Pointsman.Lab.Demo;
using Pointsman.Lab.Services;
using Pointsman.Lab.Topology;
using Pointsman.Lab.Views;
using Pointsman.Linux.Processes;

namespace Pointsman.Lab;

/// <summary>The verbs of <c>pointsman lab</c>. Returns the exit code: 0 done, 1 the lab could not, 2 wrong usage.</summary>
public static class LabCli
{
    public const string Usage = """
        usage: pointsman lab VERB [--lab NAME]

          list                              the labs there are
          up NAME [--director keepalived]   build it: machines, switch, servers, directors
          down [NAME]                       remove it, or all of them
          demo [NAME] [--keep]              the operators' drill; --keep leaves the lab up
          status [--json]                   machines, services, who holds the virtual IPs, faults
          exec NODE COMMAND...              a command inside a machine, e.g. `exec lb1 ipvsadm -Ln`
          log NODE                          what the director of a machine wrote
          loops [--reset] [--json]          frames to the virtual IPs: from the client, between directors

          stop|start NODE SERVICE           director, nginx, postgres or realserver
          halt|boot|restart NODE            the director, stopped in order
          kill NODE                         SIGKILL to all processes of the director
          kill-control NODE                 SIGKILL to the control process alone
          cut|restore NODE                  its port at the switch
          new-mac NODE                      another MAC address, as after the exchange of a network card
          drop-vrrp A B [--one-way]         B no longer hears A (and A no longer hears B)
          allow-vrrp A B                    both hear each other again
          vip-off|vip-on NODE               the virtual IPs on a real server's lo
        """;

    private const int WrongUsage = 2;

    public static int Run(string[] args, LabOptions options)
    {
        // The machines stay when this command has ended, and must not hold what its caller had open.
        InheritedFiles.KeepFromChildren();
        try
        {
            return Dispatch(args, options);
        }
        catch (LabException error)
        {
            options.Error.WriteLine($"lab: {error.Message}");
            return 1;
        }
    }

    private static int Dispatch(string[] args, LabOptions options)
    {
        // `exec` passes everything after the machine's name on as it is.
        LabArguments arguments = LabArguments.Parse(args);
        if (arguments.Help)
        {
            return Print(options, Usage);
        }

        switch (arguments.Words)
        {
            case ["list"]: return List(options);
            case ["up", var name]: return Up(name, options with { Director = arguments.Director ?? options.Director });
            case ["down"]: return Down(null, options);
            case ["down", var name]: return Down(name, options);
            case ["demo"]: return Demo("classic", options, arguments);
            case ["demo", var name]: return Demo(name, options, arguments);
            case []: options.Error.WriteLine(Usage); return WrongUsage;
            default: break;
        }

        RunningLab lab = RunningLab.Open(arguments.Lab, options);
        switch (arguments.Words)
        {
            case ["status"]: return Status(lab, options, arguments.Json);
            case ["loops"]: return Loops(lab, options, arguments);
            case ["exec", var node, .. var command] when command.Length > 0: return lab.MachineOf(node).RunAttached(command);
            case ["log", var node]: return Print(options, lab.MachineOf(node).RunChecked(["cat", DirectorService.Log]));
            default: break;
        }

        if (Change(lab, arguments) is not { } done)
        {
            options.Error.WriteLine(Usage);
            return WrongUsage;
        }

        return Print(options, done);
    }

    /// <summary>Does what was asked and says it in one line; null for words that ask nothing known.</summary>
    private static string? Change(RunningLab lab, LabArguments arguments)
    {
        switch (arguments.Words)
        {
            case ["stop", var node, var service]:
                lab.Services.Stop(node, NodeServices.Parse(service));
                return $"stopped {service} on {node}";
            case ["start", var node, var service]:
                lab.Services.Start(node, NodeServices.Parse(service));
                return $"started {service} on {node}";
            case ["halt", var node]:
                lab.Services.Stop(node, LabService.Director);
                return $"stopped the director of {node} in order";
            case ["boot", var node]:
                lab.Services.Start(node, LabService.Director);
                return $"started the director of {node}";
            case ["restart", var node]:
                lab.Services.Stop(node, LabService.Director);
                lab.Services.Start(node, LabService.Director);
                return $"restarted the director of {node}";
            case ["kill", var node]:
                return $"killed the director of {node}: SIGKILL to {lab.Services.Kill(node, LabService.Director)} processes";
            case ["kill-control", var node]:
                return $"killed the control process of {node}: SIGKILL to process {lab.Services.KillFirst(node, LabService.Director)}";
            case ["new-mac", var node]: return lab.Faults.NewMac(node);
            case ["cut", var node]: return lab.Faults.Cut(node);
            case ["restore", var node]: return lab.Faults.Restore(node);
            case ["drop-vrrp", var source, var target]: return lab.Faults.DropVrrp(source, target, arguments.OneWay);
            case ["allow-vrrp", var source, var target]: return lab.Faults.AllowVrrp(source, target);
            case ["vip-off", var node]: return lab.Faults.VipOff(node);
            case ["vip-on", var node]: return lab.Faults.VipOn(node);
            default: return null;
        }
    }

    private static int List(LabOptions options)
    {
        foreach (string name in LabFiles.TopologyNames)
        {
            options.Output.WriteLine($"{name,-12} {LabTopology.Load(name).Story}");
        }

        return 0;
    }

    private static int Up(string name, LabOptions options)
    {
        if (options.Director == DirectorKind.Keepalived && !DirectorService.KernelHasIpvs)
        {
            options.Error.WriteLine("lab: this kernel has no IPVS: keepalived does VRRP only (-P) and balances nothing");
        }

        RunningLab lab = RunningLab.Up(name, options);
        string master = lab.View.WaitForAnyMaster(TimeSpan.FromSeconds(40));
        return Print(options, $"lab {name} is up: {lab.Topology.Nodes.Count} machines, {master} is master; try `lab status`");
    }

    private static int Demo(string name, LabOptions options, LabArguments arguments) =>
        DemoCommand.Run(name, options with { Director = arguments.Director ?? options.Director }, arguments.Keep);

    private static int Down(string? name, LabOptions options) =>
        Print(options, RunningLab.Down(name, options) is var count && count == 0 ? "no lab was up" : $"removed {count} machines");

    private static int Status(RunningLab lab, LabOptions options, bool json)
    {
        LabStatus status = lab.View.Status();
        return Print(options, json ? JsonSerializer.Serialize(status, LabJson.Default.LabStatus) : StatusText.Of(status));
    }

    private static int Loops(RunningLab lab, LabOptions options, LabArguments arguments)
    {
        TrafficCount count = arguments.Reset ? lab.Traffic.ReadAndReset() : lab.Traffic.Read();
        return Print(options, arguments.Json ? JsonSerializer.Serialize(count, LabJson.Default.TrafficCount) : StatusText.Of(count));
    }

    private static int Print(LabOptions options, string text)
    {
        options.Output.WriteLine(text);
        return 0;
    }
}
