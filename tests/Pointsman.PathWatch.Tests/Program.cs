using Pointsman.PathWatch.Client;

namespace Pointsman.PathWatch.Tests;

/// <summary>The test program stands in for <c>pointsman</c>: started with the role's name it is the role.</summary>
public static class Program
{
    public static int Main(string[] args) => args switch
    {
        [PathWatchClient.CommandName] => PathWatchProcess.Run(),
        _ => Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args).GetAwaiter().GetResult(),
    };
}
