using System.Diagnostics;
using Pointsman.Tests;
using Xunit;

namespace Pointsman.Dataplane.Tests;

/// <summary>
/// The object loads on the oldest kernel that is promised, in a machine of its own. The others, and arm64, are a
/// release's matter: <c>scripts/load-on-kernels</c> without a word tries them all, in some minutes.
/// </summary>
public sealed class OldestKernelTests
{
    private const int CannotBeHad = 3;

    [Fact]
    public async Task Debian11_LoadsAndRunsEveryProgram()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "installing QEMU needs root");
        using Process script = Process.Start(new ProcessStartInfo(SourceTree.PathOf("scripts", "load-on-kernels"), ["5.10/amd64"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> complaints = script.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string said = await script.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.SkipWhen(script.ExitCode == CannotBeHad, "Debian 11's kernel cannot be had here: " + await complaints);
        Assert.True(script.ExitCode == 0, said + await complaints);
        Assert.StartsWith("5.10/amd64: loads and runs on 5.10.", said, StringComparison.Ordinal);
    }
}
