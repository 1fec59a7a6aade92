using System.Globalization;
using Pointsman.Linux.Processes;

namespace Pointsman.Linux.Tests;

public sealed class ChildProcessTests
{
    private const int TooManyFiles = 24;

    // It has begun before anybody can know that its end cannot be waited for.
    [Fact]
    public void EndCannotBeWaitedFor_ProgramIsEnded_Buried_AndToldOfAsNotRun()
    {
        using (ChildProcess.Start(["true"]))
        {
        }

        int before = PipesOpen();
        for (int i = 0; i < 40; i++)
        {
            var refused = Assert.IsType<ErrnoException>(DeniedCalls.Run(
                DeniedCalls.OpenProcess,
                TooManyFiles,
                () => ChildProcess.Start(["setsid", "sleep", "60"])));
            Assert.Equal(TooManyFiles, refused.Errno);
            Assert.Contains("it was ended at once", refused.Message, StringComparison.Ordinal);
            int process = int.Parse(refused.Operation.Split('(', ')')[1], CultureInfo.InvariantCulture);
            Assert.False(Directory.Exists($"/proc/{process}"), $"{process} runs on, or is not buried");
        }

        Assert.InRange(PipesOpen(), 0, before + 20);
    }

    // What there is no descriptor for at one moment there may be one for at the next.
    [Fact]
    public async Task NoDescriptorToWaitWith_NothingIsStarted_AndLaterItIs()
    {
        var ends = new ChildEnds();
        Assert.Equal(TooManyFiles, Assert.IsType<ErrnoException>(DeniedCalls.Run(DeniedCalls.CreatePoll, TooManyFiles, ends.Open)).Errno);

        ends.Open();
        using ChildProcess child = ChildProcess.Start(["sh", "-c", "exit 7"]);
        Assert.Equal(new ChildEnd(7, 0), await child.Ended.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    private static int PipesOpen() => Directory.GetFiles("/proc/self/fd")
        .Count(file => new FileInfo(file).LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true);
}
