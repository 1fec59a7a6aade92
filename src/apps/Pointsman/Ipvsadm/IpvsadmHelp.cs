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
          ipvsadm -a|-e virtual-service -r HOST[:PORT] [-g|-i|-m] [-w WEIGHT] [-x UPPER] [-y LOWER] [tunnel]
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
          -f, --fwmark-service MARK             packets that the firewall marks so; followed by -6 for IPv6

        Options of a virtual service:
          -s, --scheduler SCHEDULER             rr wrr lc wlc lblc lblcr dh sh sed nq fo ovf mh twos; wlc if none is named
          -p, --persistent [SECONDS]            a client keeps its server; 360 s if no time is named
          -M, --netmask NETMASK                 clients of one network count as one; of IPv6 a prefix length
          -b, --sched-flags FLAGS               sh-fallback, sh-port, mh-fallback, mh-port; flag-1, flag-2, flag-3
          -o, --ops                             each datagram of a UDP service goes its own way
              --pe ENGINE                       sip: with -p, a client keeps its server for a call (UDP)

        Options of a real server:
          -g, --gatewaying                      direct routing, if no method is named
          -i, --ipip                            by a tunnel
          -m, --masquerading                    by NAT
          -w, --weight WEIGHT                   its share; 0 takes no new connections; 1 if none is named
          -x, --u-threshold CONNECTIONS         no new ones from so many on; 0 is no limit
          -y, --l-threshold CONNECTIONS         new ones again below so many

        Tunnel:
              --tun-type ipip|gue|gre           ipip if none is named
              --tun-port PORT                   where GUE is heard
              --tun-nocsum                      without checksums, if nothing is said of them
              --tun-csum                        GUE and GRE: with a checksum over all that is sent
              --tun-remcsum                     GUE: with remote checksum offload, here the same as --tun-csum

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
        the machine boots. Without a daemon the tables themselves are changed, and the next daemon takes that over.
        `pointsman status` tells what is set by hand, and more: who owns the address, which server is down and why.

        """;

    /// <summary>Scripts look for the version after <c>ipvsadm v</c>.</summary>
    internal static string Version =>
        $"ipvsadm v1.31 (Pointsman {ProgramVersion.Text}, compatible with IPVS v{ServiceListing.IpvsVersion})";
}
