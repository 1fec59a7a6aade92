using Pointsman.Balance;
using Pointsman.Dataplane.Synchronisation;
using Id = Pointsman.App.Ipvsadm.IpvsadmOption;

namespace Pointsman.App.Ipvsadm;

/// <summary>
/// Reads an ipvsadm command line. The command comes first; complaints come in ipvsadm's order and words, since scripts
/// compare them.
/// </summary>
internal sealed class IpvsadmCommandLine
{
    private static readonly HashSet<Id> ListOptions =
    [
        Id.Numeric, Id.Connection, Id.ServiceAddress, Id.Timeout, Id.Daemon, Id.Stats, Id.Rate, Id.Thresholds,
        Id.PersistentConn, Id.TunnelInfo, Id.NoSort, Id.Sort, Id.Exact, Id.SyncId, Id.Ipv6,
    ];

    // Each lists something else; the first two of them that were given are in each other's way.
    private static readonly Id[] Subjects = [Id.Connection, Id.ServiceAddress, Id.Timeout, Id.Daemon];

    private static readonly Id[] Checksums = [Id.TunnelNoChecksum, Id.TunnelChecksum, Id.TunnelRemoteChecksum];

    private const int TimeoutCount = 3;

    private readonly PoptReader _reader;
    private readonly ServiceAddressParser _services;
    private readonly SortedSet<Id> _given = [];
    private readonly IpvsadmValues _values = new();
    private ServiceSelector? _service;
    private string? _role;

    private IpvsadmCommandLine(string[] args, ServiceAddressParser services)
    {
        _reader = new PoptReader(args, IpvsadmSyntax.All);
        _services = services;
    }

    /// <summary>The request, or why there is none.</summary>
    internal static IpvsadmRefusal? TryParse(string[] args, ServiceAddressParser services, out IpvsadmRequest request)
    {
        request = new IpvsadmRequest(IpvsadmCommand.List, new HashSet<Id>());
        if (args.Length == 0)
        {
            return null;
        }

        var line = new IpvsadmCommandLine(args, services);
        if (line.ReadCommand() is not IpvsadmCommand command)
        {
            return IpvsadmRefusal.TryHelp;
        }

        request = request with { Command = command };
        if (command is IpvsadmCommand.Help or IpvsadmCommand.Version)
        {
            return null;
        }

        IReadOnlyList<int> timeouts = [];
        IpvsadmRefusal? refusal = line.CheckRole(command)
            ?? line.ReadOptions(leftover: command == IpvsadmCommand.SetTimeouts ? TimeoutCount : 0)
            ?? (command == IpvsadmCommand.SetTimeouts ? line.ReadTimeouts(out timeouts) : null)
            ?? (line._values.ReadFlags() is { } complaint ? Usage(complaint) : null)
            ?? (command == IpvsadmCommand.List ? line.CheckListOptions() : IpvsadmRules.Of(command).Check(line._given))
            ?? (command is IpvsadmCommand.AddService or IpvsadmCommand.EditService ? line.CheckService() : null)
            ?? (command is IpvsadmCommand.AddServer or IpvsadmCommand.EditServer ? line.CheckServer() : null);
        request = request with
        {
            Options = line._given,
            Service = line._service,
            Values = line._values,
            Timeouts = timeouts,
            SyncRole = command is not (IpvsadmCommand.StartDaemon or IpvsadmCommand.StopDaemon) ? null
                : line._role == "master" ? SyncRole.Master
                : SyncRole.Backup,
        };
        return refusal;
    }

    private IpvsadmCommand? ReadCommand()
    {
        if (_reader.Next() is not PoptStep.Given { Option: { Id: Id.Command } option } given)
        {
            return null;
        }

        _role = given.Value;

        return IpvsadmSyntax.Commands.FirstOrDefault(
            command => command.Word == option.Long, (null, "", IpvsadmCommand.List)).Command;
    }

    /// <param name="leftover">How many words may be left that are no options.</param>
    private IpvsadmRefusal? ReadOptions(int leftover)
    {
        while (true)
        {
            switch (_reader.Next())
            {
                case PoptStep.Given given:
                    if (Take(given) is { } refusal)
                    {
                        return refusal;
                    }

                    break;
                case PoptStep.Bad bad:
                    return new IpvsadmRefusal($"{bad.Word}: {bad.Why}", IpvsadmRefusal.Popt);
                case PoptStep.End:
                    return _reader.Leftover.Count <= leftover ? null : Usage($"unexpected argument {_reader.Leftover[leftover]}");
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    private IpvsadmRefusal? Take(PoptStep.Given given)
    {
        Id id = given.Option.Id;
        if (id == Id.Command)
        {
            return Usage($"invalid option `{given.Word}'");
        }

        if (!_given.Add(id) && id is not (Id.Sort or Id.Ipv6))
        {
            return Usage($"multiple '{IpvsadmSyntax.NameOf(id)}' options specified");
        }

        if (id == Id.Ipv6)
        {
            if (_service is not ServiceSelector.ByMark mark)
            {
                return Usage("-6 used before -f\n");      // the empty line is ipvsadm's
            }

            _service = mark with { IsV6 = true };
            return null;
        }

        return id == Id.ServiceAddress ? TakeService(given)
            : _values.Take(given, _services, _service) is { } complaint ? Usage(complaint)
            : null;
    }

    private IpvsadmRefusal? CheckRole(IpvsadmCommand command) => (command, _role) switch
    {
        (IpvsadmCommand.StartDaemon, not ("master" or "backup")) => Usage("illegal start-daemon parameter specified"),
        (IpvsadmCommand.StopDaemon, not ("master" or "backup")) => Usage("illegal start_daemon specified"),
        _ => null,
    };

    private IpvsadmRefusal? ReadTimeouts(out IReadOnlyList<int> timeouts)
    {
        timeouts = [];
        if (_reader.Leftover.Count < TimeoutCount)
        {
            return Usage("--set option requires 3 timeout values");
        }

        var read = new List<int>();
        foreach (string word in _reader.Leftover)
        {
            if (IpvsadmValues.Timeout(word) is not { } seconds)
            {
                return Usage($"invalid timeout value `{word}' specified");
            }

            read.Add(seconds);
        }

        timeouts = read;
        return null;
    }

    private IpvsadmRefusal? CheckService() => _service is not ServiceSelector.ByAddress { Key: var key } ? null
        : _values.PersistenceSeconds is null && key.Address.Port == 0 ? Usage("Zero port specified for non-persistent service")
        : _values.IsOnePacket && key.Protocol != Base.TransportProtocol.Udp ? Usage("One-Packet Scheduling is only for UDP virtual services")
        : null;

    private IpvsadmRefusal? CheckServer()
    {
        if (_values.Method != 'i')
        {
            return _values.Server!.Value.Address.Family != _service!.Name.Address.Address.Family
                ? Usage("Different address family is allowed only for tunneling servers")
                : _given.Overlaps([Id.TunnelType, Id.TunnelPort, .. Checksums]) ? Usage("Tunnel options conflict with forward method")
                : null;
        }

        (string type, Id[] may) = _values.Tunnel switch
        {
            TunnelKind.Gue => ("gue", [Id.TunnelPort, .. Checksums]),
            TunnelKind.Gre => ("gre", [Id.TunnelNoChecksum, Id.TunnelChecksum]),
            _ => ("ipip", Array.Empty<Id>()),
        };
        if (type == "gue" && !_given.Contains(Id.TunnelPort))
        {
            return Usage($"You need to supply the '{IpvsadmSyntax.NameOf(Id.TunnelPort)}' option for the '{type}' tunnel type");
        }

        Id? checksum = null;
        foreach (Id id in new[] { Id.TunnelPort }.Concat(Checksums).Where(_given.Contains))
        {
            if (!may.Contains(id))
            {
                return Usage($"Illegal '{IpvsadmSyntax.NameOf(id)}' option with the '{type}' tunnel type");
            }

            if (id != Id.TunnelPort && checksum is { } first)
            {
                return Usage($"The option '{IpvsadmSyntax.NameOf(id)}' conflicts with the '{IpvsadmSyntax.NameOf(first)}' option in the '{type}' tunnel type");
            }

            checksum = id == Id.TunnelPort ? null : id;
        }

        return null;
    }

    private IpvsadmRefusal? TakeService(PoptStep.Given given)
    {
        bool isMark = given.Option.Short == 'f';
        _service = isMark
            ? ServiceAddressParser.ParseMark(given.Value!)
            : _services.ParseAddress(ProtocolOf(given.Option), given.Value!);
        return _service is not null ? null
            : isMark ? Usage($"invalid fwmark value `{given.Value}' specified")
            : Usage("illegal virtual server address[:port] specified");
    }

    private static Base.TransportProtocol ProtocolOf(PoptOption option) => option.Short switch
    {
        't' => Base.TransportProtocol.Tcp,
        'u' => Base.TransportProtocol.Udp,
        _ => Base.TransportProtocol.Sctp,
    };

    private IpvsadmRefusal? CheckListOptions()
    {
        foreach (Id id in _given)
        {
            if (!ListOptions.Contains(id))
            {
                return Usage($"Illegal '{IpvsadmSyntax.NameOf(id)}' option with the 'list' command");
            }
        }

        Id[] subjects = [.. Subjects.Where(_given.Contains)];
        if (subjects.Length > 1)
        {
            return Usage($"The option '{IpvsadmSyntax.NameOf(subjects[1])}' conflicts with the "
                + $"'{IpvsadmSyntax.NameOf(subjects[0])}' option in the 'list' command");
        }

        bool conflicts = subjects switch
        {
            [Id.Connection] => _given.Overlaps([Id.Stats, Id.Rate, Id.Thresholds]),
            [Id.Timeout or Id.Daemon] => _given.Overlaps([Id.Stats, Id.Rate, Id.Thresholds, Id.PersistentConn]),
            _ => false,
        };
        return conflicts
            ? Usage("options conflicts in the list command")
            : null;
    }

    private static IpvsadmRefusal Usage(string message) => new(message, IpvsadmRefusal.Usage);
}
