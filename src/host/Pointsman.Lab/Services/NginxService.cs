using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Services;

/// <summary>Debian's Nginx, answering with the machine's name.</summary>
internal static class NginxService
{
    private const string Configuration = "/etc/nginx/nginx.conf";
    private const int Port = 80;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    internal static void Start(Machine machine)
    {
        machine.WriteFile(Configuration, LabFiles.Text("nginx.conf").Replace("@NODE@", machine.Name, StringComparison.Ordinal));
        // A sparse file: large to the client, nothing to the host.
        machine.RunChecked(["bash", "-c", "mkdir -p /var/lib/nginx/site && truncate --size 2G /var/lib/nginx/site/big"]);
        machine.StartService("nginx", [SystemPrograms.Find("nginx"), "-c", Configuration, "-g", "daemon off;"], "/var/log/nginx/start.log");
        if (Poll.Until(StartLimit, () => machine.ListensOn(Port)) is null)
        {
            throw new LabException($"nginx on {machine.Name} does not listen on {Port}: {machine.Run(["cat", "/var/log/nginx/start.log"]).Output}");
        }
    }
}
