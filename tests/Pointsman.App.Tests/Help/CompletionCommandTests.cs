using System.CommandLine;
using System.Diagnostics;
using Pointsman.App.Help;

namespace Pointsman.App.Tests.Help;

/// <summary>The script is loaded by the shell it is for, and asked.</summary>
public sealed class CompletionCommandTests
{
    [Theory]
    [InlineData("st", "status")]
    [InlineData("help key", "keyword")]
    [InlineData("help keyword virtual_router_", "virtual_router_id")]
    [InlineData("fmt --wr", "--write")]
    [InlineData("check --json --str", "--strict")]
    [InlineData("completion b", "bash")]
    public void WordsTyped_AreCompleted(string typed, string expected) => Assert.Equal(expected, Complete(typed));

    private static string Complete(string typed)
    {
        using var script = new StringWriter();
        CompletionCommand.Create(PointsmanCommand.Root).Parse(["bash"]).Invoke(new InvocationConfiguration { Output = script });
        string asking = $"{script}\nCOMP_WORDS=(pointsman {typed}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _pointsman; echo \"${{COMPREPLY[*]}}\"";
        using Process bash = Process.Start(new ProcessStartInfo("bash", ["-c", asking]) { RedirectStandardOutput = true })!;
        string answer = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        return answer.TrimEnd();
    }
}
