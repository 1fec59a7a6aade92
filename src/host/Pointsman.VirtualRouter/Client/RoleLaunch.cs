using System.Collections.Immutable;

namespace Pointsman.VirtualRouter.Client;

/// <summary>How the VRRP role is started. The program must call <see cref="VirtualRouterProcess.Run"/>.</summary>
public sealed record RoleLaunch(string Program, ImmutableArray<string> Arguments)
{
    public const string CommandName = "vrrp-role";

    /// <summary>This very program, also after its file was replaced on disk by an upgrade.</summary>
    public static RoleLaunch Self { get; } = new("/proc/self/exe", [CommandName]);
}
