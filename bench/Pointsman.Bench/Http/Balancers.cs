using System.Globalization;
using Pointsman.Bench.Machines;

namespace Pointsman.Bench.Http;

/// <summary>
/// The ways from the client to the one web server. Each balancer has a machine and an address of its own, so that none is in
/// another's way, and one server behind it: what it costs to go by it is compared, not how it chooses.
/// </summary>
internal sealed class Balancers
{
    internal const string Direct = "direct";
    internal const string DirectRouting = "pointsman, DR";
    internal const string Masquerading = "pointsman, NAT";
    private const string ServerAddress = "10.9.0.20";
    private const string BehindPointsman = "10.9.0.21";
    private const string BehindNftables = "10.9.0.22";
    private const string DirectRoutingAddress = "10.9.0.101";
    private readonly Machine _server;
    private int _settled;

    internal Balancers(string program)
    {
        Town.Found();
        Client = Town.Settle("client", "10.9.0.9");

        // An ended connection keeps its port for a minute, and there are many new ones a second.
        Client.Set("ip_local_port_range", "1024 65535");
        _server = Town.Settle("server", ServerAddress);
        _server.Set("conf/all/arp_ignore", "1");
        _server.Set("conf/all/arp_announce", "2");
        _server.Run($"ip addr add {DirectRoutingAddress}/32 dev lo");
        _server.Serve("nginx", "-c", _server.Write("nginx.conf", NginxText("""
            http {
                access_log off;
                keepalive_requests 1000000000;
                client_body_temp_path /run; proxy_temp_path /run; fastcgi_temp_path /run; uwsgi_temp_path /run; scgi_temp_path /run;
                server { listen 80 backlog=4096; return 200 "ok\n"; }
            }
            """)));
        AddPointsman("dr", DirectRoutingAddress, program, "DR", ServerAddress);
        AddPointsman("nat", "10.9.0.102", program, "NAT", BehindPointsman);
        AnswerThrough(BehindPointsman, "10.9.0.102");
        AddNftables("10.9.0.103");
        AnswerThrough(BehindNftables, "10.9.0.103");
        AddHaproxy("10.9.0.104");
        AddNginx("10.9.0.105");
    }

    internal Machine Client { get; }

    /// <summary>By name, the address to ask.</summary>
    internal IReadOnlyList<(string Name, string Address)> Ways { get; } =
    [
        (Direct, ServerAddress),
        (DirectRouting, DirectRoutingAddress),
        (Masquerading, "10.9.0.102"),
        ("nftables, DNAT", "10.9.0.103"),
        ("HAProxy, tcp", "10.9.0.104"),
        ("nginx, stream", "10.9.0.105"),
    ];

    /// <summary>A balancer whose own address is not the one it balances: servers would not answer that to an ARP request.</summary>
    private Machine Settle(string name, string address)
    {
        Machine machine = Town.Settle(name, string.Create(CultureInfo.InvariantCulture, $"10.9.0.{++_settled}"));
        machine.Run($"ip addr add {address}/32 dev eth0");
        return machine;
    }

    private void AddPointsman(string name, string address, string program, string kind, string server)
    {
        Machine machine = Settle(name, address);
        string file = machine.Write("keepalived.conf", $$"""
            virtual_server {{address}} 80 {
                lb_algo rr
                lb_kind {{kind}}
                protocol TCP
                real_server {{server}} 80 {
                    weight 1
                }
            }

            """);
        machine.Serve(program, "run", "-C", "-f", file, "--run-dir", $"/run/{machine.Space}", "--bpf-dir", $"/sys/fs/bpf/{machine.Space}");
    }

    private void AddNftables(string address)
    {
        Machine machine = Settle("nft", address);
        machine.Set("ip_forward", "1");
        machine.Set("conf/all/send_redirects", "0");
        machine.Set("conf/eth0/send_redirects", "0");
        machine.Run("nft -f " + machine.Write("nft", $$"""
            table ip balance {
                chain in {
                    type nat hook prerouting priority dstnat
                    ip daddr {{address}} tcp dport 80 dnat to {{BehindNftables}}
                }
            }

            """));
    }

    private void AddHaproxy(string address)
    {
        Machine machine = Settle("haproxy", address);
        machine.Set("ip_local_port_range", "1024 65535");
        machine.Serve("haproxy", "-db", "-f", machine.Write("haproxy.cfg", $"""
            global
                maxconn 4000
            defaults
                mode tcp
                timeout connect 5s
                timeout client 30s
                timeout server 30s
            listen balance
                bind {address}:80 backlog 4096
                server server {ServerAddress}:80

            """));
    }

    private void AddNginx(string address)
    {
        Machine machine = Settle("nginx", address);
        machine.Set("ip_local_port_range", "1024 65535");
        machine.Serve("nginx", "-c", machine.Write("nginx.conf", "load_module /usr/lib/nginx/modules/ngx_stream_module.so;\n" + NginxText($$"""
            stream {
                server { listen 80 backlog=4096; proxy_pass {{ServerAddress}}:80; }
            }
            """)));
    }

    private static string NginxText(string what) => $$"""
        worker_processes auto;
        daemon off;
        pid off;
        error_log /dev/null;
        events { worker_connections 4096; }
        {{what}}

        """;

    /// <summary>What this address of the server's answers goes back by the machine that has changed its destination.</summary>
    private void AnswerThrough(string server, string router)
    {
        string table = server[(server.LastIndexOf('.') + 1)..];
        _server.Run($"ip addr add {server}/24 dev eth0");
        _server.Run($"ip route add default via {router} dev eth0 table {table}");
        _server.Run($"ip rule add from {server} lookup {table}");
    }
}
