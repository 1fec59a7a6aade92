using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Services;

/// <summary>The director of a machine, on the configuration an operator would have written there.</summary>
internal static class DirectorService
{
    internal const string Configuration = "/etc/keepalived/keepalived.conf";
    internal const string Log = "/var/log/keepalived.log";

    internal static void Start(RunningLab lab, Machine machine)
    {
        // Written only once: what an operator changed inside the machine survives a restart of the director.
        if (!machine.Run(["test", "-e", Configuration]).Succeeded)
        {
            machine.WriteFile(Configuration, LabFiles.Text($"{lab.Name}/{machine.Name}.keepalived.conf"));
        }

        machine.StartService("director", Command(lab), Log);
    }

    private static string[] Command(RunningLab lab) => lab.Director switch
    {
        DirectorKind.Pointsman => [lab.Options.ProgramPath, "run", "-n", "-l", "-f", Configuration],
        // Without IPVS in the kernel keepalived's checker would only respawn: let it do VRRP alone.
        DirectorKind.Keepalived when !KernelHasIpvs => [SystemPrograms.Find("keepalived"), "-P", "-n", "-l", "-D", "-f", Configuration],
        DirectorKind.Keepalived => [SystemPrograms.Find("keepalived"), "-n", "-l", "-D", "-f", Configuration],
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    internal static bool KernelHasIpvs => File.Exists("/proc/net/ip_vs");
}
