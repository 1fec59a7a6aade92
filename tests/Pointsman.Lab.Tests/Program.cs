namespace Pointsman.Lab.Tests;

/// <summary>
/// The test program stands in for <c>pointsman</c> too: the lab starts <c>lab-probe</c> inside machines from the program it
/// runs in, and a test may end a <c>lab up</c> in the middle of its work.
/// </summary>
public static class Program
{
    public const string StateDirectoryVariable = "POINTSMAN_LAB_STATE";

    public static int Main(string[] args) => args switch
    {
        ["lab", .. var rest] => LabCli.Run(rest, OptionsOfEnvironment()),
        ["lab-probe", .. var rest] => LabProbe.Run(rest),
        [OtherVersion.Word, var pins] => OtherVersion.TakeOver(pins),
        _ => Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args).GetAwaiter().GetResult(),
    };

    private static LabOptions OptionsOfEnvironment() =>
        Environment.GetEnvironmentVariable(StateDirectoryVariable) is { } directory
            ? new LabOptions { StateDirectory = directory }
            : new LabOptions();
}
