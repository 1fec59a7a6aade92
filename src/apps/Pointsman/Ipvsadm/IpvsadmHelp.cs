using System.Diagnostics;

namespace Pointsman.App.Ipvsadm;

/// <summary>What the program under the name ipvsadm says of itself.</summary>
internal static class IpvsadmHelp
{
    internal const string Text = """
        ipvsadm, as Pointsman answers to the name: it shows the balancing tables.

        Usage:
          ipvsadm                               the same as ipvsadm -L
          ipvsadm -L|-l [virtual-service] [options]
          ipvsadm -L|-l -c|--timeout|--daemon [-n]
          ipvsadm -v | -h

        virtual-service (list only this one):
          -t, --tcp-service HOST[:PORT]
          -u, --udp-service HOST[:PORT]
              --sctp-service HOST[:PORT]
          -f, --fwmark-service MARK             followed by -6 for an IPv6 one

        Options of the list:
          -n, --numeric                         addresses and ports as numbers, no name lookup
          -c, --connection                      current connections and persistence templates
              --timeout                         timeouts of idle connections
              --daemon                          connection synchronisation (none)
              --stats                           connections, packets and bytes so far
              --rate                            the same for one second, measured now
          -X, --exact                           figures in full, without K, M, G, T
              --thresholds                      connection limits of the servers
              --persistent-conn                 persistence templates of the servers
              --tun-info                        tunnel type of the servers
              --nosort                          in the order the tables have
              --sort                            sorted, which it is anyway

        The tables follow keepalived.conf: to change them, edit it and reload the daemon.
        `pointsman status` tells more: who owns the address, which server is down and why.

        """;

    /// <summary>Scripts look for the version after <c>ipvsadm v</c>.</summary>
    internal static string Version =>
        $"ipvsadm v1.31 (Pointsman {ProgramVersion.Text}, compatible with IPVS v{ServiceListing.IpvsVersion})";

    internal static string WhatInsteadOf(IpvsadmCommand command) => command switch
    {
        IpvsadmCommand.AddService => $"--add-service (-A) is not available: add a virtual_server to {Edit}",
        IpvsadmCommand.EditService => $"--edit-service (-E) is not available: change the virtual_server in {Edit}",
        IpvsadmCommand.DeleteService => $"--delete-service (-D) is not available: remove the virtual_server from {Edit}",
        IpvsadmCommand.Clear => $"--clear (-C) is not available: remove the virtual_servers from {Edit}",
        IpvsadmCommand.Zero => "--zero (-Z) is not available: take the difference of two listings (--stats --exact), or --rate",
        IpvsadmCommand.AddServer => $"--add-server (-a) is not available: add a real_server to {Edit}",
        IpvsadmCommand.EditServer => $"--edit-server (-e) is not available: change the real_server in {Edit}",
        IpvsadmCommand.DeleteServer => $"--delete-server (-d) is not available: remove the real_server from {Edit}",
        IpvsadmCommand.Restore => $"--restore (-R) is not available: write the services into {Edit}",
        IpvsadmCommand.Save => "--save (-S) is not available: keepalived.conf is what is kept; --list (-Ln) shows what is in force",
        IpvsadmCommand.SetTimeouts => "--set is not available: the timeouts are IPVS's own (ipvsadm -L --timeout)",
        IpvsadmCommand.StartDaemon or IpvsadmCommand.StopDaemon =>
            "--start-daemon and --stop-daemon are not available: connections are not synchronised between directors",
        IpvsadmCommand.List or IpvsadmCommand.Version or IpvsadmCommand.Help =>
            throw new UnreachableException("a command that is carried out"),
        _ => throw new UnreachableException(),
    };

    private const string Edit = "keepalived.conf and reload the daemon (SIGHUP)";
}
