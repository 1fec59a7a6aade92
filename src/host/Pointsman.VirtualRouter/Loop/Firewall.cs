using System.Text;
using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// The rules that keepalived sets too, in a table of their own: virtual addresses that do not accept (<c>no_accept</c>,
/// <c>vrrp_strict</c>) are dropped both ways but for neighbour discovery, and no report of group membership leaves by a virtual
/// MAC address, for it would turn the switches. Without nftables addresses accept, and that is said.
/// </summary>
internal sealed class Firewall : IDisposable
{
    private readonly VirtualRouterSettings _settings;
    private readonly LinkTable _links;
    private readonly HostChanges _changes;
    private readonly EventOutbox _outbox;
    private readonly bool _isWanted;
    private readonly Nftables? _nftables;
    private readonly RulesetMonitor? _monitor;
    private readonly Quarrel _quarrel = new();

    // As the kernel shows it after we have made it.
    private string _made = "";

    private Firewall(Firewall now, VirtualRouterSettings former, LinkTable links)
    {
        (_settings, _links, _changes, _outbox, _nftables) = (former with { Firewall = now._settings.Firewall }, links, now._changes, now._outbox, now._nftables);
        _isWanted = now._isWanted;
    }

    internal Firewall(VirtualRouterSettings settings, LinkTable links, HostChanges changes, EventOutbox outbox)
    {
        (_settings, _links, _changes, _outbox) = (settings, links, changes, outbox);
        _isWanted = settings.Bindings.Any(binding => binding.IsDeaf || binding.VirtualMacs.Any(mac => mac.CarriesIpv6));
        if (_isWanted || changes.FirewallTable is not null)
        {
            _nftables = Nftables.TryOpen(out string obstacle);
            if (_nftables is null)
            {
                outbox.Note(isWarning: true, $"no_accept does nothing, virtual addresses accept: {obstacle}");
            }
        }

        _monitor = _isWanted && _nftables is not null ? new RulesetMonitor() : null;
    }

    /// <summary>Readable when somebody has changed the host's rules; null: nobody cares.</summary>
    internal FileDescriptor? Watched => _monitor?.Descriptor;

    /// <summary>When rules that were not restored at once are to be.</summary>
    internal Instant? Deadline { get; private set; }

    /// <summary>The same table, for what an instance held that is configured otherwise or no more.</summary>
    internal Firewall Of(VirtualRouterSettings former, LinkTable links) => new(this, former, links);

    /// <summary>Makes the table, or removes one that a role before this one has left and nobody needs.</summary>
    /// <param name="holders">The instances whose addresses are set already, and must not answer for a moment.</param>
    internal void Begin(IEnumerable<int> holders)
    {
        if (_changes.FirewallTable is { } former && (!_isWanted || former != _settings.Firewall.Table))
        {
            Remove(former);
        }

        if (_isWanted && _nftables is not null)
        {
            _changes.SetFirewallTable(_settings.Firewall.Table);
            Make(holders);
        }
    }

    /// <summary>Somebody has removed rules, perhaps all of the host's (<c>nft flush ruleset</c>): ours come back.</summary>
    /// <param name="holders">The instances whose addresses are set.</param>
    internal void OnRulesChanged(Instant now, IEnumerable<int> holders)
    {
        if (_monitor?.TakeRemoval() == true)
        {
            Reconcile(now, holders);
        }
    }

    internal void Reconcile(Instant now, IEnumerable<int> holders)
    {
        Deadline = null;
        if (_nftables is null || !_isWanted || _made.Length == 0 || IsWhole(holders))
        {
            return;
        }

        if (_quarrel.IsPut(now))
        {
            Deadline = _quarrel.Until;
            return;
        }

        string often = _quarrel.Count(now) ? " again and again: from now on restored once a second" : ", restored";
        if (!_quarrel.IsQuiet)
        {
            _outbox.Note(isWarning: true, $"rules of nftables table inet {_settings.Firewall.Table} were removed by another program{often}");
        }

        Make(holders);
    }

    // A listing is without what is in the sets: of a node with thousands of addresses it would be long. Each of ours is asked
    // for instead; the library refuses the text where one of them is missing.
    private bool IsWhole(IEnumerable<int> holders)
    {
        string questions = string.Concat(holders.Select(instance => Elements(instance, "get")));
        return _nftables!.List("inet", _settings.Firewall.Table) == _made && (questions.Length == 0 || _nftables.TryRun(questions, out _));
    }

    private void Make(IEnumerable<int> holders)
    {
        Run(Definition() + string.Concat(holders.Select(instance => Elements(instance, "add"))));
        _made = _nftables!.List("inet", _settings.Firewall.Table);
    }

    internal void End()
    {
        if (_changes.FirewallTable is { } table)
        {
            Remove(table);
        }
    }

    /// <summary>Before the addresses are set.</summary>
    internal void Close(int instance) => Run(Elements(instance, "add"));

    /// <summary>After they are gone.</summary>
    internal void Open(int instance) => Run(Elements(instance, "add", "delete"));

    public void Dispose()
    {
        _monitor?.Dispose();
        _nftables?.Dispose();
    }

    // What is added twice is well, what is removed must be there: who deletes adds first.
    private string Elements(int instance, params ReadOnlySpan<string> verbs)
    {
        if (_nftables is null || !_isWanted || instance >= _settings.Bindings.Length || !_settings.Bindings[instance].IsDeaf)
        {
            return "";
        }

        var commands = new StringBuilder();
        foreach (LinkTable.PlacedAddress placed in _links.AddressesOf(instance))
        {
            IpAddress address = placed.Address.Prefix.Address;
            string element = address.IsLinkLocal && !address.IsV4
                ? $"deaf_link_local {{ {address} . \"{placed.Port.Name}\" }}"
                : $"{(address.IsV4 ? "deaf" : "deaf6")} {{ {address} }}";

            foreach (string verb in verbs)
            {
                commands.AppendLine($"{verb} element inet {_settings.Firewall.Table} {element}");
            }
        }

        return commands.ToString();
    }

    private void Remove(string table)
    {
        Run($"add table inet {table}\ndelete table inet {table}\n");
        _changes.SetFirewallTable(null);
    }

    private void Run(string commands)
    {
        if (_nftables is not null && commands.Length > 0 && !_nftables.TryRun(commands, out string error))
        {
            _outbox.Note(isWarning: true, $"nftables, table inet {_settings.Firewall.Table}: {error}");
        }
    }

    private string Definition()
    {
        (string table, int priority, bool hasCounters) = _settings.Firewall;
        string drop = hasCounters ? "counter drop" : "drop";
        string macs = string.Join(", ", _settings.Bindings
            .SelectMany(binding => binding.VirtualMacs).Select(mac => $"\"{mac.Name}\"").Distinct());
        string reports = macs.Length == 0 ? "" : $$"""
            oifname { {{macs}} } ip protocol igmp {{drop}}
            oifname { {{macs}} } icmpv6 type { mld-listener-report, mld-listener-done, mld2-listener-report, nd-router-solicit } {{drop}}
            """;
        return $$"""
            add table inet {{table}}
            delete table inet {{table}}
            table inet {{table}} {
                set deaf { type ipv4_addr; }
                set deaf6 { type ipv6_addr; }
                set deaf_link_local { type ipv6_addr . ifname; }
                chain in {
                    type filter hook input priority {{priority}}; policy accept;
                    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
                    ip daddr @deaf {{drop}}
                    ip6 daddr @deaf6 {{drop}}
                    ip6 daddr . iifname @deaf_link_local {{drop}}
                }
                chain out {
                    type filter hook output priority {{priority}}; policy accept;
                    {{reports}}
                    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
                    ip saddr @deaf {{drop}}
                    ip6 saddr @deaf6 {{drop}}
                    ip6 saddr . oifname @deaf_link_local {{drop}}
                }
            }

            """;
    }
}
