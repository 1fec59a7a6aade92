using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;

namespace Pointsman.Engine.ByHand;

/* What was set by hand lies over what the file says: the configuration in force is the file's with the entries applied, one after
   the other, and goes to the engine as a reload does, so that checks and connections go on. An entry knows what the file said
   when it was made; a file that says something else of that very thing has the last word. Immutable: an order makes another
   table. */

/// <summary>Everything that was set by hand, in the order in which it was first set.</summary>
public sealed record HandTable(ImmutableArray<HandEntry> Entries)
{
    private static readonly SourceSpan ByHand = new("set by hand", 1, 1, 1);

    public static HandTable Empty { get; } = new([]);

    /// <summary>Null: they are the file's.</summary>
    public HandTimeouts? Timeouts { get; init; }

    public bool IsEmpty => Entries.IsEmpty && Timeouts is null;

    /// <summary>For the operator, a line each.</summary>
    public IEnumerable<string> Lines => (Timeouts is null ? [] : new[] { Timeouts.ToString() }).Concat(Entries.Select(entry => entry.ToString()));

    /// <summary>The configuration in force.</summary>
    public Configuration Over(Configuration file)
    {
        if (Timeouts is { } timeouts)
        {
            file = file with { Global = file.Global with { LvsTimeouts = HandTimeouts.Merged(timeouts.Set, file.Global.LvsTimeouts) } };
        }

        if (Entries.IsEmpty)
        {
            return file;
        }

        var servers = file.VirtualServers.ToBuilder();
        foreach (HandEntry entry in Entries)
        {
            int at = SetApart(servers, entry.Service);
            if (entry.Server is { } server)
            {
                if (at >= 0)
                {
                    servers[at] = With(servers[at], server, entry.AsServer);
                }
            }
            else if (entry.AsService is not { } settings)
            {
                if (at >= 0)
                {
                    servers.RemoveAt(at);
                }
            }
            else if (at >= 0)
            {
                servers[at] = With(servers[at], settings);
            }
            else
            {
                servers.Add(With(
                    new VirtualServerConfig(entry.Service.Address, ByHand) { Protocol = entry.Service.Protocol, Kind = LoadBalanceKind.Dr },
                    settings));
            }
        }

        return file with { VirtualServers = servers.ToImmutable() };
    }

    /// <summary>The table that is left with another file.</summary>
    /// <param name="given">What was set by hand and is no more, since the file says otherwise; a line each.</param>
    public HandTable Under(Configuration next, out ImmutableArray<string> given)
    {
        ImmutableArray<HandEntry> entries = [.. Entries.Where(entry => FileSays(next, entry.Service, entry.Server) != entry.FileSaid)];
        HandTimeouts? timeouts = Timeouts?.FileSaid == HandTimeouts.Unknown ? Timeouts with { FileSaid = FileSaysOfTimeouts(next) } : Timeouts;
        bool isOtherwise = timeouts is not null && timeouts.FileSaid != FileSaysOfTimeouts(next);
        given = [.. isOtherwise ? [timeouts!.ToString()] : Array.Empty<string>(), .. entries.Select(entry => entry.ToString())];
        return given.IsEmpty && timeouts == Timeouts ? this
            : new HandTable(Entries.RemoveRange(entries)) { Timeouts = isOtherwise ? null : timeouts };
    }

    /// <summary>
    /// This table with what was set since, while nobody knew the file: what the file says is known from before, or is what the newer
    /// one found in force.
    /// </summary>
    public HandTable With(HandTable newer)
    {
        List<HandEntry> entries = [.. Entries];
        foreach (HandEntry entry in newer.Entries)
        {
            int at = entries.FindIndex(known => known.Service == entry.Service && known.Server == entry.Server);
            HandEntry merged = at < 0 ? entry : entry with { FileSaid = entries[at].FileSaid };
            if (entry.Server is null && entry.IsRemoved)
            {
                entries.RemoveAll(known => known.Service == entry.Service);
                at = -1;
            }
            else if (at >= 0)
            {
                entries.RemoveAt(at);
            }

            bool isAsTheFile = (merged.AsService?.ToString() ?? merged.AsServer?.ToString()) == merged.FileSaid;
            if (!isAsTheFile)
            {
                entries.Insert(merged.Server is null ? 0 : at >= 0 ? at : entries.Count, merged);
            }
        }

        return new HandTable([.. entries])
        {
            Timeouts = newer.Timeouts is { } set ? new HandTimeouts(
                HandTimeouts.Merged(set.Set, Timeouts?.Set), Timeouts is { } known ? known.FileSaid : set.FileSaid) : Timeouts,
        };
    }

    /// <summary>The entry of a service, or of one of its servers; null: it is as the file says.</summary>
    public HandEntry? Find(ServiceKey service, TransportEndpoint? server) =>
        Entries.FirstOrDefault(entry => entry.Service == service && entry.Server == server);

    /// <param name="file">What the operator wrote, without this table.</param>
    public HandRefusal TryObey(HandOrder order, Configuration file, out HandTable next)
    {
        next = this;
        Configuration now = Over(file);
        HandRefusal refusal = Refusal(order, now);
        if (refusal == HandRefusal.None)
        {
            next = Obey(order, file, now);
        }

        return refusal;
    }

    private static HandRefusal Refusal(HandOrder order, Configuration now) => order switch
    {
        HandOrder.AddService add => Find(now, add.Service) is null ? HandRefusal.None : HandRefusal.ServiceExists,
        HandOrder.EditService edit => Find(now, edit.Service) is null ? HandRefusal.NoSuchService : HandRefusal.None,
        HandOrder.DeleteService delete => Find(now, delete.Service) is null ? HandRefusal.NoSuchService : HandRefusal.None,
        HandOrder.AddServer add => Refusal(Find(now, add.Service), add.Server, add.Settings, isNew: true),
        HandOrder.EditServer edit => Refusal(Find(now, edit.Service), edit.Server, edit.Settings, isNew: false),
        HandOrder.DeleteServer delete => Refusal(Find(now, delete.Service), delete.Server, settings: null, isNew: false),
        HandOrder.Clear or HandOrder.SetTimeouts => HandRefusal.None,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static HandRefusal Refusal(VirtualServerConfig? service, TransportEndpoint server, HandServer? settings, bool isNew)
    {
        if (service is null)
        {
            return HandRefusal.ServiceOfServerMissing;
        }

        if (settings is { UpperThreshold: var upper, LowerThreshold: var lower } && lower > upper)
        {
            return HandRefusal.LimitsReversed;
        }

        bool isThere = service.RealServers.Any(known => known.Address == server);
        return isThere == isNew ? isNew ? HandRefusal.ServerExists : HandRefusal.NoSuchServer : HandRefusal.None;
    }

    private HandTable Obey(HandOrder order, Configuration file, Configuration now) => order switch
    {
        HandOrder.AddService add => Renew(file, add.Service).Set(file, add.Service, server: null, add.Settings, asServer: null),
        HandOrder.EditService edit => Set(file, edit.Service, server: null, edit.Settings, asServer: null),
        HandOrder.DeleteService delete => Remove(file, delete.Service),
        HandOrder.AddServer add => Set(file, add.Service, add.Server, asService: null, add.Settings),
        HandOrder.EditServer edit => Set(file, edit.Service, edit.Server, asService: null, edit.Settings),
        HandOrder.DeleteServer delete => Set(file, delete.Service, delete.Server, asService: null, asServer: null),
        HandOrder.SetTimeouts set => Set(file, set.Timeouts),
        HandOrder.Clear => now.VirtualServers.SelectMany(server => server.Keys()).Aggregate(this, (table, service) => table.Remove(file, service)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // A service that is added again after it was removed is empty, whatever servers the file gives it.
    private HandTable Renew(Configuration file, ServiceKey service) => Find(file, service) is not { } known ? this
        : known.RealServers.Aggregate(this, (table, server) => table.Set(file, service, server.Address, asService: null, asServer: null));

    private HandTable Remove(Configuration file, ServiceKey service) =>
        (this with { Entries = [.. Entries.Where(entry => entry.Service != service)] }).Set(file, service, server: null, asService: null, asServer: null);

    // Set back to what the file says they are the file's.
    private HandTable Set(Configuration file, LvsTimeoutsConfig timeouts)
    {
        LvsTimeoutsConfig next = HandTimeouts.Merged(timeouts, Timeouts?.Set);
        return this with
        {
            Timeouts = HandTimeouts.IsAsTheFile(next, file.Global.LvsTimeouts) ? null : new HandTimeouts(next, FileSaysOfTimeouts(file)),
        };
    }

    private static string? FileSaysOfTimeouts(Configuration file) => HandTimeouts.Text(file.Global.LvsTimeouts);

    private HandTable Set(Configuration file, ServiceKey service, TransportEndpoint? server, HandService? asService, HandServer? asServer)
    {
        string? fileSays = FileSays(file, service, server);
        var entry = new HandEntry(service, server, fileSays) { AsService = asService, AsServer = asServer };
        HandEntry? before = Find(service, server);
        string? now = asService?.ToString() ?? asServer?.ToString();

        // A service before its servers: they are applied in order.
        if (now == fileSays)
        {
            return before is null ? this : this with { Entries = Entries.Remove(before) };
        }

        return this with
        {
            Entries = before is not null ? Entries.Replace(before, entry)
                : server is null ? Entries.Insert(0, entry)
                : Entries.Add(entry),
        };
    }

    private static string? FileSays(Configuration file, ServiceKey service, TransportEndpoint? server) => Find(file, service) switch
    {
        null => null,
        { } known when server is null => HandService.Of(known).ToString(),
        { } known => known.RealServers.FirstOrDefault(candidate => candidate.Address == server) is { } real ? HandServer.Of(real).ToString() : null,
    };

    private static VirtualServerConfig? Find(Configuration configuration, ServiceKey service)
    {
        foreach (VirtualServerConfig server in configuration.VirtualServers)
        {
            if (server.Find(service) is { } target)
            {
                return server.Single(target);
            }
        }

        return null;
    }

    // Where it stands. An address of a group leaves its group: what is set by hand is set of it alone.
    private static int SetApart(ImmutableArray<VirtualServerConfig>.Builder servers, ServiceKey service)
    {
        for (int i = 0; i < servers.Count; i++)
        {
            if (servers[i].Find(service) is not { } target)
            {
                continue;
            }

            if (servers[i].Group is not null)
            {
                VirtualServerConfig group = servers[i];
                ImmutableArray<VirtualTarget> others = group.Members.Remove(target);
                servers[i] = group.Single(target);
                if (!others.IsEmpty)
                {
                    servers.Insert(i + 1, group with { Address = others[0].Address, Members = others });
                }
            }

            return i;
        }

        return -1;
    }

    private static VirtualServerConfig With(VirtualServerConfig server, HandService settings) => server with
    {
        Algorithm = settings.Algorithm,
        Flags = settings.Flags,
        PersistenceTimeout = settings.Persistence,
        PersistencePrefixLength = settings.PersistencePrefixLength,
        PersistenceGaps = settings.PersistenceGaps,
        OnePacket = settings.OnePacket,
        ByCall = settings.ByCall,
    };

    private static VirtualServerConfig With(VirtualServerConfig service, TransportEndpoint address, HandServer? settings)
    {
        RealServerConfig? known = service.RealServers.FirstOrDefault(server => server.Address == address);
        if (settings is null)
        {
            return known is null ? service : service with { RealServers = service.RealServers.Remove(known) };
        }

        RealServerConfig next = (known ?? new RealServerConfig(address, ByHand)) with
        {
            Kind = settings.Kind,
            GuePort = settings.GuePort,
            Weight = settings.Weight,
            UpperThreshold = settings.UpperThreshold,
            LowerThreshold = settings.LowerThreshold,
        };
        return service with
        {
            RealServers = known is null ? service.RealServers.Add(next) : service.RealServers.Replace(known, next),
        };
    }
}
