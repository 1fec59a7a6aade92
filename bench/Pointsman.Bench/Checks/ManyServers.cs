using System.Diagnostics;
using Pointsman.Bench.Kernel;

namespace Pointsman.Bench.Checks;

/// <summary>One nginx in a namespace of its own that has all of 10.64.0.0/16, behind a cable.</summary>
internal sealed class ManyServers : IDisposable
{
    private const string Namespace = "servers";

    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-bench-").FullName;
    private readonly Process _nginx;

    internal ManyServers()
    {
        Command.Run($"ip netns add {Namespace}");
        Command.Run($"ip link add near type veth peer name far netns {Namespace}");
        Command.Run("ip addr add 10.255.0.1/24 dev near");
        Command.Run($"ip -n {Namespace} addr add 10.255.0.2/24 dev far");
        Command.Run($"ip -n {Namespace} link set lo up");
        Command.Run($"ip -n {Namespace} link set far up");
        Command.Run("ip link set near up");
        Command.Run($"ip -n {Namespace} route add local 10.64.0.0/16 dev lo");
        Command.Run("ip route add 10.64.0.0/16 via 10.255.0.2");
        string configuration = Path.Combine(_folder, "nginx.conf");
        File.WriteAllText(configuration, $$"""
            worker_processes 1;
            daemon off;
            pid {{_folder}}/nginx.pid;
            error_log {{_folder}}/error.log;
            events { worker_connections 8192; }
            http {
                access_log off;
                client_body_temp_path {{_folder}}; proxy_temp_path {{_folder}}; fastcgi_temp_path {{_folder}};
                uwsgi_temp_path {{_folder}}; scgi_temp_path {{_folder}};
                server { listen 80 backlog=8192; return 200 "ok\n"; }
            }
            """);
        _nginx = Process.Start("ip", ["netns", "exec", Namespace, "nginx", "-c", configuration]);
        Thread.Sleep(TimeSpan.FromSeconds(1));
        if (_nginx.HasExited)
        {
            throw new InvalidOperationException($"nginx did not start: apt-get install nginx-light");
        }
    }

    public void Dispose()
    {
        Signal("TERM");
        _nginx.WaitForExit();
        _nginx.Dispose();
        Command.Run($"ip netns del {Namespace}");
        Directory.Delete(_folder, recursive: true);
    }

    private void Signal(string name) => Command.Run($"kill -{name} {_nginx.Id}");
}
