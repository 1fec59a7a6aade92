namespace Pointsman.Sim.World;

/// <summary>The VRRP process was killed while the kernel kept it waiting: nothing of what it had begun comes any more.</summary>
internal sealed class RoleEndedException : Exception;
