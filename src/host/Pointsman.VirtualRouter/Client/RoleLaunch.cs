using System.Collections.Immutable;

namespace Pointsman.VirtualRouter.Client;

/// <summary>How the VRRP role is started. The program must call <see cref="VirtualRouterProcess.Run"/>.</summary>
public sealed record RoleLaunch(string Program, ImmutableArray<string> Arguments)
{
    public const string CommandName = "vrrp-role";

    /// <summary>This program. After an upgrade that is the new one: a file that was replaced cannot be started any more.</summary>
    public static RoleLaunch Self { get; } = new(
        Environment.ProcessPath ?? throw new InvalidOperationException("this process has no program file"), [CommandName]);
}
