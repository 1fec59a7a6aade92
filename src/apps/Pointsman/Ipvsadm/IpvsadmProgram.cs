using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Pointsman.App.Run;
using Pointsman.Balance;

namespace Pointsman.App.Ipvsadm;

/// <summary>
/// The program under the name <c>ipvsadm</c>: its command line, its listings, its exit codes. It reads the pinned tables
/// itself, so it answers with and without a daemon; changes go through the daemon.
/// </summary>
internal static class IpvsadmProgram
{
    private const int NoSuchService = 1;
    private const int CannotRead = 2;

    /// <summary>What the kernel would refuse: ipvsadm returns -1 then.</summary>
    private const int KernelError = 255;

    private const int OutputBufferBytes = 64 * 1024;

    internal static int Run(string[] args)
    {
        // The console's own writer flushes each line: a listing of a million connections has better things to do.
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), OutputBufferBytes);
        return Run(
            args, output, Console.Error, () => WithNotes(DataplaneTables.Read(RunPaths.Default.PinDirectory), RunPaths.Default),
            IpvsadmHost.OfThisProcess(),
            IpvsadmChanges.Through(RunPaths.Default, line => Console.Error.Write($"ipvsadm: {line}\n")), Console.In);
    }

    /// <summary>Where nothing is balanced, what will be has the timeouts that were set by hand: nobody may have told the tables.</summary>
    /// <param name="pinned">Null: no data path is there.</param>
    internal static IpvsTables WithNotes(IpvsTables? pinned, RunPaths paths)
    {
        IpvsTables tables = pinned ?? IpvsTables.Empty;
        if (!tables.Services.IsEmpty || new HandFile(paths.ByHand).Read(out _).Timeouts is not { Set: var set })
        {
            return tables;
        }

        IpvsTimeouts now = tables.Timeouts;
        return tables with { Timeouts = new IpvsTimeouts(set.Tcp ?? now.Tcp, set.TcpFin ?? now.TcpFin, set.Udp ?? now.Udp) };
    }

    /// <param name="read">
    /// The tables as they are now; null when nothing is loaded. Throws <see cref="IpvsTablesException"/> when they
    /// cannot be read.
    /// </param>
    public static int Run(string[] args, TextWriter output, TextWriter error, Func<IpvsTables?> read) =>
        Run(args, output, error, read, IpvsadmHost.OfThisProcess());

    internal static int Run(
        string[] args, TextWriter output, TextWriter error, Func<IpvsTables?> read, IpvsadmHost host) =>
        Run(args, output, error, read, host, new IpvsadmChanges(_ => throw new IpvsTablesException("no daemon is running")), TextReader.Null);

    /// <param name="input">What <c>-R</c> reads.</param>
    internal static int Run(
        string[] args, TextWriter output, TextWriter error, Func<IpvsTables?> read, IpvsadmHost host, IpvsadmChanges changes, TextReader input)
    {
        var surroundings = new Surroundings(output, error, read, host, changes, input);
        if (IpvsadmCommandLine.TryParse(args, surroundings.Addresses, out IpvsadmRequest request) is { } refusal)
        {
            error.Write($"{refusal.Message}\n");
            return refusal.ExitCode;
        }

        return Carry(request, surroundings);
    }

    private static int Carry(IpvsadmRequest request, Surroundings around)
    {
        switch (request.Command)
        {
            case IpvsadmCommand.Help:
                around.Output.Write(IpvsadmHelp.Text);
                return 0;
            case IpvsadmCommand.Version:
                around.Output.Write(IpvsadmHelp.Version + "\n");
                return 0;
            case IpvsadmCommand.List when request.Has(IpvsadmOption.Daemon):
                return Tables(around.Error, () =>
                {
                    DaemonListing.Write(around.Changes.Daemons(), around.Output);
                    return 0;
                });
            case IpvsadmCommand.List:
                return Tables(around.Error, () => List(
                    request, around.NamesFor(request), Read(request, around.Read, around.Host.Pause), around.Output, around.Error));
            case IpvsadmCommand.Save:
                return Tables(around.Error, () => Save(around.Read() ?? IpvsTables.Empty, around.NamesFor(request), around.Output));
            case IpvsadmCommand.Restore:
                return Tables(around.Error, () => Restore(around));
            case IpvsadmCommand.AddService or IpvsadmCommand.EditService or IpvsadmCommand.DeleteService
                or IpvsadmCommand.Clear or IpvsadmCommand.Zero or IpvsadmCommand.AddServer or IpvsadmCommand.EditServer
                or IpvsadmCommand.DeleteServer or IpvsadmCommand.SetTimeouts or IpvsadmCommand.StartDaemon or IpvsadmCommand.StopDaemon:
                return Tables(around.Error, () => Change([request], around));
            default:
                throw new UnreachableException();
        }
    }

    private static int Tables(TextWriter error, Func<int> work)
    {
        try
        {
            return work();
        }
        catch (IpvsTablesException cannot)
        {
            error.Write($"Can't initialize ipvs: {cannot.Message}\nAre you sure that IP Virtual Server is built in the kernel or as module?\n");
            return CannotRead;
        }
    }

    private static int Save(IpvsTables tables, EndpointNames names, TextWriter output)
    {
        SaveListing.Write(tables.Services.OrderBy(service => SortKey(service.Key)), names, output);
        return 0;
    }

    // As ipvsadm does: a line that the tables refuse is told and the next one read; one that is no command ends it all. The
    // result is the last line's.
    private static int Restore(Surroundings around)
    {
        int code = 0;
        var changes = new List<IpvsadmRequest>();
        while (around.Input.ReadLine() is { } line)
        {
            string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            words = words is ["ipvsadm", .. var rest] ? rest : words;
            if (words.Length == 0)
            {
                continue;
            }

            if ((IpvsadmCommandLine.TryParse(words, around.Addresses, out IpvsadmRequest request)
                ?? (request.Command == IpvsadmCommand.Restore ? IpvsadmRefusal.TryHelp : null)) is { } refusal)
            {
                Change(changes, around);
                around.Error.Write($"{refusal.Message}\n");
                return refusal.ExitCode;
            }

            if (request.Command is not (IpvsadmCommand.List or IpvsadmCommand.Save or IpvsadmCommand.Help or IpvsadmCommand.Version))
            {
                changes.Add(request);
                continue;
            }

            // It shows what the lines before it have made.
            Change(changes, around);
            changes.Clear();
            code = Carry(request, around);
            if (code != 0 || request.Command is IpvsadmCommand.Help or IpvsadmCommand.Version)
            {
                return code;
            }
        }

        return changes.Count == 0 ? code : Change(changes, around);
    }

    private static int Change(IReadOnlyList<IpvsadmRequest> requests, Surroundings around)
    {
        string?[] complaints = [.. requests.Select(IpvsadmChanges.WhyNot)];
        int[] asked = [.. Enumerable.Range(0, requests.Count).Where(at => complaints[at] is null)];
        if (asked.Length > 0)
        {
            ImmutableArray<string> answers = around.Changes.Carry([.. asked.Select(at => IpvsadmChanges.Line(requests[at]))]);
            for (int i = 0; i < asked.Length; i++)
            {
                complaints[asked[i]] = answers[i].Length == 0 ? null : answers[i];
            }
        }

        foreach (string complaint in complaints.OfType<string>())
        {
            around.Error.Write($"{complaint}\n");
        }

        return complaints.LastOrDefault() is null ? 0 : KernelError;
    }

    private static int List(
        IpvsadmRequest request, EndpointNames names, IpvsTables tables, TextWriter output, TextWriter error)
    {
        if (request.Has(IpvsadmOption.Connection))
        {
            ConnectionListing.Write(tables.Connections, names, request.Has(IpvsadmOption.PersistentConn), output);
        }
        else if (request.Has(IpvsadmOption.Timeout))
        {
            (TimeSpan tcp, TimeSpan tcpFin, TimeSpan udp) = tables.Timeouts;
            output.Write($"Timeout (tcp tcpfin udp): {(long)tcp.TotalSeconds} {(long)tcpFin.TotalSeconds} {(long)udp.TotalSeconds}\n");
        }
        else
        {
            return ListServices(request, names, tables, output, error);
        }

        return 0;
    }

    private static int ListServices(
        IpvsadmRequest request, EndpointNames names, IpvsTables tables, TextWriter output, TextWriter error)
    {
        var listing = new ServiceListing(output, names, request.Format, request.Has(IpvsadmOption.Exact));
        IEnumerable<IpvsService> services = tables.Services;
        if (request.Service is { } selector)
        {
            services = services.Where(service => selector.Name == service.Key);
            if (!services.Any())
            {
                error.Write("No such service\n");
                return NoSuchService;
            }
        }
        else
        {
            listing.WriteVersion(tables.ConnectionTableSize);
        }

        bool isSorted = !request.Has(IpvsadmOption.NoSort);
        listing.WriteTitle();
        foreach (IpvsService service in isSorted ? services.OrderBy(service => SortKey(service.Key)) : services)
        {
            listing.Write(service, isSorted ? service.Servers.OrderBy(server => server.Address) : service.Servers);
        }

        return 0;
    }

    // ipvsadm compares addresses by a subtraction that overflows; plain numeric order is what it means.
    private static (uint Mark, Base.IpFamily Family, Base.TransportProtocol Protocol, Base.TransportEndpoint Address) SortKey(ServiceKey key) =>
        (key.Address.Mark, key.Address.Address.Family, key.Protocol, key.Address);

    private static IpvsTables Read(IpvsadmRequest request, Func<IpvsTables?> read, Func<TimeSpan, TimeSpan> pause)
    {
        IpvsTables first = read() ?? IpvsTables.Empty;
        if (request.Format != ListingFormat.Rate || first.Services.IsEmpty)
        {
            return first;
        }

        TimeSpan elapsed = pause(RateSample.Span);
        return RateSample.Between(first, read() ?? IpvsTables.Empty, elapsed);
    }

    /// <param name="Input">What <c>-R</c> reads.</param>
    private sealed record Surroundings(
        TextWriter Output, TextWriter Error, Func<IpvsTables?> Read, IpvsadmHost Host, IpvsadmChanges Changes, TextReader Input)
    {
        internal ServiceAddressParser Addresses { get; } = new(Host.AddressOf, Host.Services);

        internal EndpointNames NamesFor(IpvsadmRequest request) =>
            request.Has(IpvsadmOption.Numeric) ? EndpointNames.Numeric : EndpointNames.Resolved(Host.NameOf, Host.Services);
    }
}
