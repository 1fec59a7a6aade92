using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Pointsman.Base;
using Pointsman.Dataplane;
using Pointsman.Dataplane.Tracing;
using Pointsman.Linux;
using Pointsman.Linux.Network;

namespace Pointsman.App.Trace;

/// <summary><c>pointsman trace</c>: each decision that the data path takes for a packet, or for the next ones of a client.</summary>
internal static class TraceCommand
{
    private static readonly TimeSpan FollowInterval = TimeSpan.FromMilliseconds(200);

    internal static Command Create()
    {
        var packet = new Option<string?>("--packet")
        {
            Description = "A made-up packet: tcp,src=192.0.2.9:4000,dst=192.168.1.200:80[,flags=syn+ack][,in=eth0][,mac=MAC][,ttl=N][,size=BYTES][,mark=N].",
            HelpName = "PACKET",
        };
        var flow = new Option<string?>("--flow")
        {
            Description = "What the connection table holds of this client, and what becomes of its next packets.",
            HelpName = "CLIENT[:PORT]",
        };
        var seconds = new Option<double>("--for")
        {
            Description = "With --flow: go on for so many seconds, and tell what changes.",
            HelpName = "SECONDS",
        };
        var count = new Option<int>("--count")
        {
            Description = "With --flow: at most so many connections, or changes.",
            HelpName = "N",
            DefaultValueFactory = _ => 10,
        };
        Option<bool> json = CommonOptions.Json();
        Option<string> pins = CommonOptions.PinDirectory();
        var command = new Command("trace", "Show each decision the data path takes for a packet; nothing is sent and nothing changed.")
        {
            packet, flow, seconds, count, json, pins,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(packet) is null == result.GetValue(flow) is null)
            {
                result.AddError("give one of --packet and --flow");
            }
        });
        command.SetAction(parsed =>
        {
            string directory = parsed.GetValue(pins)!;
            bool asJson = parsed.GetValue(json);
            return Guarded(() => parsed.GetValue(packet) is { } text
                ? TracePacketLine(text, directory, asJson)
                : TraceFlow(parsed.GetValue(flow)!, directory, asJson, TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(count)));
        });
        return command;
    }

    private static int Guarded(Func<int> run)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return Fail("the tables are root's: run it as root");
        }

        try
        {
            return run();
        }
        catch (Exception refused) when (refused is DataplaneException or ErrnoException)
        {
            return Fail(refused.Message);
        }
    }

    private static int Fail(string why)
    {
        Console.Error.WriteLine($"pointsman: {why}");
        return ExitCode.Failure;
    }

    private static int NothingThere(string directory) => Fail($"no data path is pinned in {directory}: nothing is balanced here");

    private static int TracePacketLine(string text, string directory, bool asJson)
    {
        if (!PacketSpec.TryParse(text, out PacketSpec? spec, out string? why))
        {
            Console.Error.WriteLine($"pointsman: {why}");
            return ExitCode.WrongUsage;
        }

        List<NetworkLink> links = Links();
        if (spec.Interface is { } name && !links.Exists(link => link.Name == name))
        {
            return Fail($"there is no interface {name}");
        }

        using TracePlane? plane = TracePlane.TryCopy(directory);
        if (plane is null)
        {
            return NothingThere(directory);
        }

        Show([plane.Trace(spec.Packet, InterfaceFor(spec, links), NamesOf(links))], asJson);
        return ExitCode.Ok;
    }

    private static int TraceFlow(string client, string directory, bool asJson, TimeSpan span, int count)
    {
        if (!Run.EndpointPattern.TryParse(client, out Run.EndpointPattern pattern))
        {
            Console.Error.WriteLine($"pointsman: '{client}' is no address of a client, such as 192.0.2.9 or 192.0.2.9:4000");
            return ExitCode.WrongUsage;
        }

        List<NetworkLink> links = Links();
        using (TracePlane? plane = TracePlane.TryCopy(directory))
        {
            if (plane is null)
            {
                return NothingThere(directory);
            }

            ConnectionEntry[] entries = [.. plane.ConnectionsOf(pattern.Address, pattern.Port).Take(count)];
            if (!asJson)
            {
                SayWhatIsNotTraced(entries, client);
            }

            TraceReport[] reports = [.. entries.Where(IsWhole).Select(entry => plane.Trace(NextOf(entry), IncomingFor(entry.Virtual.Address, links), NamesOf(links)))];
            if (reports.Length > 0 || asJson)
            {
                Show(reports, asJson);
            }
        }

        return span > TimeSpan.Zero ? Follow(pattern, directory, asJson, span, count) : ExitCode.Ok;
    }

    // Of a service by a mark, or of all ports, what the client asked for is remembered of so many connections only.
    private static bool IsWhole(ConnectionEntry entry) => entry.Virtual.Port != 0;

    private static void SayWhatIsNotTraced(ConnectionEntry[] entries, string client)
    {
        if (entries.Length == 0)
        {
            Console.Out.WriteLine($"no connection of {client} is remembered");
        }

        foreach (ConnectionEntry entry in entries.Where(entry => !IsWhole(entry)))
        {
            Console.Out.WriteLine($"{entry.Protocol.UpperCaseName()} {entry.Client} -> {entry.Virtual}: which address and port it asked for is not remembered any more");
        }
    }

    // What the client sends within its connection.
    private static TracePacket NextOf(ConnectionEntry entry) => new(entry.Protocol, entry.Client, entry.Virtual) { TcpFlags = 0x10, Mark = entry.Ends.Mark };

    private static int Follow(Run.EndpointPattern client, string directory, bool asJson, TimeSpan span, int count)
    {
        using XdpDataplaneReader? reader = XdpDataplaneReader.TryOpen(directory);
        if (reader is null)
        {
            return NothingThere(directory);
        }

        var log = new FlowLog(client);
        var watch = Stopwatch.StartNew();
        log.Look(reader.ReadConnections());
        for (int told = 0; told < count && watch.Elapsed < span;)
        {
            Thread.Sleep(FollowInterval);
            foreach (FlowChange change in log.Look(reader.ReadConnections()).Take(count - told))
            {
                Console.Out.WriteLine(asJson ? JsonSerializer.Serialize(change, TraceJson.Default.FlowChange) : change.ToString());
                told++;
            }
        }

        return ExitCode.Ok;
    }

    private static void Show(TraceReport[] reports, bool asJson)
    {
        if (asJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(reports, TraceJson.Default.TraceReportArray));
            return;
        }

        foreach (TraceReport report in reports)
        {
            TraceText.Write(report, Console.Out);
        }
    }

    private static List<NetworkLink> Links()
    {
        using var routes = new RouteClient();
        return routes.Links();
    }

    private static Func<int, string> NamesOf(List<NetworkLink> links) =>
        index => links.Find(link => link.Index == index)?.Name ?? $"interface {index}";

    private static int InterfaceFor(PacketSpec spec, List<NetworkLink> links) => spec.Interface is { } name
        ? links.Find(link => link.Name == name)!.Index
        : IncomingFor(spec.Packet.Target.Address, links);

    // Where the address stands; else the first that is up.
    private static int IncomingFor(IpAddress target, List<NetworkLink> links)
    {
        using var routes = new RouteClient();
        InterfaceAddress? holder = routes.Addresses().Find(address => address.Prefix.Address == target
            && links.Exists(link => link.Index == address.InterfaceIndex && Run.InterfaceChoice.CanAttach(link)));
        return holder?.InterfaceIndex ?? links.Find(link => Run.InterfaceChoice.CanAttach(link) && link.IsUp)?.Index ?? 1;
    }
}
