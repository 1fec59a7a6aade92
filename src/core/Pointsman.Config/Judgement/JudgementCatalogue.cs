using System.Collections.Immutable;
using static Pointsman.Config.Severity;

namespace Pointsman.Config.Judgement;

/// <summary>
/// What an experienced operator remarks on files that can be used. PM15xx one node, PM16xx between nodes, PM17xx this
/// host. As in <see cref="DiagnosticCatalogue"/>, each has its page.
/// </summary>
public static class JudgementCatalogue
{
    public static readonly DiagnosticDescriptor SlowCheck =
        new("PM1501", Note, "a dead server of `virtual_server {0}` leaves after at most {1}");

    public static readonly DiagnosticDescriptor TimeoutBeyondLoop =
        new("PM1502", Note, "a `connect_timeout` of {0} is longer than the `delay_loop` of {1}");

    public static readonly DiagnosticDescriptor WeightZero =
        new("PM1503", Note, "`real_server {0}` has weight 0: it gets no new clients")
        {
            Hint = "what it serves goes on; type `weight 1` to send it new ones",
        };

    public static readonly DiagnosticDescriptor AllWeightsZero =
        new("PM1504", Warning, "all real servers of `virtual_server {0}` have weight 0: no new client is served")
        {
            Hint = "type `weight 1` for those that shall serve",
        };

    public static readonly DiagnosticDescriptor WeightUnderNopreempt =
        new("PM1505", Warning, "the weight of `{0}` brings no failover to `vrrp_instance {1}`, which has `nopreempt`")
        {
            Hint = "type `weight 0` on every node: then a failure is a fault and the master leaves; or remove `nopreempt`",
        };

    public static readonly DiagnosticDescriptor ServerIsVirtual =
        new("PM1506", Warning, "`real_server {0}` is the virtual address itself")
        {
            Hint = "type the server's own address, the one it has before any failover",
        };

    public static readonly DiagnosticDescriptor ServerIsDirector =
        new("PM1507", Note, "`real_server {0}` is a director itself")
        {
            Hint = "this is safe here: a director balances an address only while it owns it, and never what another director sent it",
        };

    public static readonly DiagnosticDescriptor SlowTakeover =
        new("PM1508", Note, "`vrrp_instance {0}` takes over from a dead master only after {1}");

    public static readonly DiagnosticDescriptor MailHalfSet =
        new("PM1509", Warning, "no mail is sent: there is no `{0}`");

    public static readonly DiagnosticDescriptor NoMailAddress =
        new("PM1510", Warning, "`{0}` is no mail address")
        {
            Hint = "type it as `name@example.org`; a mail server refuses other forms",
        };

    public static readonly DiagnosticDescriptor MailServerByName =
        new("PM1511", Note, "the mail server is the name `{0}`")
        {
            Hint = "an address, or a line in /etc/hosts, still serves when the name servers are out of reach",
        };

    public static readonly DiagnosticDescriptor MailAboutNothing =
        new("PM1512", Warning, "mail is set up, and nothing asks for it")
        {
            Hint = "add `smtp_alert` to each `vrrp_instance` that mail shall tell of, or to `global_defs` for all",
        };

    public static readonly DiagnosticDescriptor MailPortUnfit =
        new("PM1513", Warning, "port {0} does not go with `smtp_tls {1}`");

    public static readonly DiagnosticDescriptor VipIsSource =
        new("PM1514", Warning, "the virtual address `{0}` becomes the source of this node's own packets")
        {
            Hint = "type it as /128, or add `preferred_lft 0`",
        };

    public static readonly DiagnosticDescriptor NothingShared =
        new("PM1601", Warning, "{0} and {1} have nothing in common")
        {
            Hint = "name the files of one cluster's nodes together, and others in a call of their own",
        };

    public static readonly DiagnosticDescriptor InstanceMissing =
        new("PM1602", Warning, "`vrrp_instance {0}` is missing in {1}")
        {
            Hint = "define it there too, with another priority",
        };

    public static readonly DiagnosticDescriptor RouterIdsDiffer =
        new("PM1603", Error, "`virtual_router_id` of `vrrp_instance {0}` differs between the nodes")
        {
            Hint = "type the same number on every node",
        };

    public static readonly DiagnosticDescriptor IntervalsDiffer =
        new("PM1604", Error, "`advert_int` of `vrrp_instance {0}` differs between the nodes")
        {
            Hint = "type the same number on every node",
        };

    public static readonly DiagnosticDescriptor PasswordsDiffer =
        new("PM1605", Error, "`authentication` of `vrrp_instance {0}` differs between the nodes")
        {
            Hint = "type the same `auth_pass` on every node, or none on any",
        };

    public static readonly DiagnosticDescriptor AddressesDiffer =
        new("PM1606", Warning, "the virtual addresses of `vrrp_instance {0}` differ between the nodes")
        {
            Hint = "list the same addresses on every node",
        };

    public static readonly DiagnosticDescriptor SamePriority =
        new("PM1607", Warning, "`vrrp_instance {0}` has `priority {1}` on two nodes")
        {
            Hint = "give the node that shall be master the higher priority",
        };

    public static readonly DiagnosticDescriptor MasterTwice =
        new("PM1608", Warning, "`vrrp_instance {0}` has `state MASTER` on two nodes")
        {
            Hint = "type `state BACKUP` on all but one",
        };

    public static readonly DiagnosticDescriptor WeightTooSmall =
        new("PM1609", Warning, "when `{0}` fails on the master of `vrrp_instance {1}`, no other node takes over");

    public static readonly DiagnosticDescriptor GroupsDiffer =
        new("PM1610", Warning, "`vrrp_sync_group {0}` keeps other instances together in {1}")
        {
            Hint = "group the same instances on every node",
        };

    public static readonly DiagnosticDescriptor ServiceMissing =
        new("PM1611", Warning, "`virtual_server {0}` is missing in {1}")
        {
            Hint = "define it on every node that can hold its address",
        };

    public static readonly DiagnosticDescriptor ServersDiffer =
        new("PM1612", Warning, "the real servers of `virtual_server {0}` differ between the nodes")
        {
            Hint = "list the same real servers on every node",
        };

    public static readonly DiagnosticDescriptor BalancingDiffers =
        new("PM1613", Warning, "`{0}` of `virtual_server {1}` differs between the nodes")
        {
            Hint = "type the same on every node",
        };

    public static readonly DiagnosticDescriptor WeightsDiffer =
        new("PM1614", Warning, "the weight of `real_server {0}` differs between the nodes")
        {
            Hint = "type the same weight on every node",
        };

    public static readonly DiagnosticDescriptor RouterNameShared =
        new("PM1615", Note, "`router_id {0}` names two nodes")
        {
            Hint = "give each node its own `router_id`, its host name for instance",
        };

    public static readonly DiagnosticDescriptor SourceShared =
        new("PM1616", Warning, "`mcast_src_ip {0}` stands on two nodes")
        {
            Hint = "type the node's own address, or remove the line",
        };

    public static readonly DiagnosticDescriptor ChecksDiffer =
        new("PM1617", Note, "the checks of `virtual_server {0}` differ between the nodes")
        {
            Hint = "type the same checks on every node",
        };

    public static readonly DiagnosticDescriptor VersionsDiffer =
        new("PM1618", Error, "the VRRP version of `vrrp_instance {0}` differs between the nodes")
        {
            Hint = "type the same `version`, or the same `vrrp_version`, on every node",
        };

    public static readonly DiagnosticDescriptor InterfaceMissing =
        new("PM1701", Warning, "this host has no interface `{0}`")
        {
            Hint = "type the name that `ip link` shows; an interface that comes later is waited for",
        };

    public static readonly DiagnosticDescriptor ScriptNotRunnable =
        new("PM1702", Warning, "`{0}` cannot run on this host")
        {
            Hint = "a script that does not run counts as failed, always",
        };

    public static readonly DiagnosticDescriptor ScriptOpen =
        new("PM1703", Warning, "others than root may change what `{0}` runs as root")
        {
            Hint = "make root the owner and take the right to write from others, or have it run as another user",
        };

    public static readonly DiagnosticDescriptor MailServerUnreached =
        new("PM1704", Warning, "the mail server {0} cannot be reached from this host")
        {
            Hint = "mails wait for it for a day; look whether it listens, and what lies between",
        };

    public static readonly DiagnosticDescriptor SecretAtRisk =
        new("PM1705", Warning, "the password file {0} is not as it should be")
        {
            Hint = "make it a file of root's with mode 0600, whose first line is the password",
        };

    public static readonly DiagnosticDescriptor MarkNeverSet =
        new("PM1706", Warning, "no rule of this host's nftables gives {0} packets the mark {1}");

    public static readonly DiagnosticDescriptor LocalAddressMissing =
        new("PM1707", Warning, "`full_nat` has {0}, which is no address of this host")
        {
            Hint = "add it to an interface, or to `virtual_ipaddress` of the instance that moves the virtual server's address",
        };

    public static ImmutableArray<DiagnosticDescriptor> All { get; } =
    [
        SlowCheck, TimeoutBeyondLoop, WeightZero, AllWeightsZero, WeightUnderNopreempt, ServerIsVirtual,
        ServerIsDirector, SlowTakeover, MailHalfSet, NoMailAddress, MailServerByName, MailAboutNothing, MailPortUnfit, VipIsSource,
        NothingShared, InstanceMissing, RouterIdsDiffer, IntervalsDiffer, PasswordsDiffer, AddressesDiffer, SamePriority,
        MasterTwice, WeightTooSmall, GroupsDiffer, ServiceMissing, ServersDiffer, BalancingDiffers, WeightsDiffer,
        RouterNameShared, SourceShared, ChecksDiffer, VersionsDiffer,
        InterfaceMissing, ScriptNotRunnable, ScriptOpen, MailServerUnreached, SecretAtRisk, MarkNeverSet, LocalAddressMissing,
    ];
}
