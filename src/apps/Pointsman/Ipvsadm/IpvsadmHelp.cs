namespace Pointsman.App.Ipvsadm;

/// <summary>What the program under the name ipvsadm says of itself.</summary>
internal static class IpvsadmHelp
{
    internal const string Text = """
        ipvsadm, as Pointsman answers to the name: it shows the balancing tables, and changes them.

        Usage:
          ipvsadm                               the same as ipvsadm -L
          ipvsadm -A|-E virtual-service [-s SCHEDULER] [-p [SECONDS]] [-M NETMASK] [-b FLAGS] [-o]
          ipvsadm -D virtual-service
          ipvsadm -C
          ipvsadm -a|-e virtual-service -r HOST[:PORT] [-g|-m] [-w WEIGHT] [-x UPPER] [-y LOWER]
          ipvsadm -d virtual-service -r HOST[:PORT]
          ipvsadm -S [-n] | -R                  write all services as command lines; read such lines
          ipvsadm -Z [virtual-service]          counters begin at zero again
          ipvsadm --set TCP TCPFIN UDP          timeouts in seconds; 0 leaves one as it is
          ipvsadm --start-daemon master|backup [--mcast-interface NAME] [--syncid ID] [--sync-maxlen BYTES]
                  [--mcast-group ADDRESS] [--mcast-port PORT] [--mcast-ttl TTL]
          ipvsadm --stop-daemon master|backup   connections are told to other directors, or theirs taken
          ipvsadm -L|-l [virtual-service] [options]
          ipvsadm -L|-l -c|--timeout|--daemon [-n]
          ipvsadm -v | -h

        virtual-service:
          -t, --tcp-service HOST[:PORT]
          -u, --udp-service HOST[:PORT]
              --sctp-service HOST[:PORT]
          -f, --fwmark-service MARK             followed by -6 for an IPv6 one

        Options of the list:
          -n, --numeric                         addresses and ports as numbers, no name lookup
          -c, --connection                      current connections and persistence templates
              --timeout                         timeouts of idle connections
              --daemon                          the synchronisation daemons that run
              --stats                           connections, packets and bytes so far
              --rate                            the same for one second, measured now
          -X, --exact                           figures in full, without K, M, G, T
              --thresholds                      connection limits of the servers
              --persistent-conn                 persistence templates of the servers
              --tun-info                        tunnel type of the servers
              --nosort                          in the order the tables have
              --sort                            sorted, which it is anyway

        What is set by hand lies over keepalived.conf, over reloads and restarts, until the file says otherwise of it or
        the machine boots. Changes need the daemon. Not balanced yet: firewall marks.
        `pointsman status` tells what is set by hand, and more: who owns the address, which server is down and why.

        """;

    /// <summary>Scripts look for the version after <c>ipvsadm v</c>.</summary>
    internal static string Version =>
        $"ipvsadm v1.31 (Pointsman {ProgramVersion.Text}, compatible with IPVS v{ServiceListing.IpvsVersion})";
}
