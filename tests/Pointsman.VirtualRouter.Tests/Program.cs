using Pointsman.VirtualRouter.Client;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>The test program stands in for <c>pointsman</c>: started with the role's name it is the role.</summary>
public static class Program
{
    public static int Main(string[] args) => args switch
    {
        [RoleLaunch.CommandName] => VirtualRouterProcess.Run(FileLeases.Open),
        _ => Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args).GetAwaiter().GetResult(),
    };
}
