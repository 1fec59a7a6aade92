using System.Diagnostics;
using Pointsman.Linux.Processes;
using Xunit;

namespace Pointsman.Linux.Tests;

public sealed class ProcessTests
{
    [Fact]
    public void PidFile_HeldTwice_SecondLearnsTheHolder()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("linux-tests-").FullName, "a.pid");
        Assert.Null(PidFile.HolderOf(path));

        using (PidFile? first = PidFile.TryAcquire(path, out _))
        {
            Assert.NotNull(first);
            Assert.Equal(Environment.ProcessId, PidFile.HolderOf(path));
            Assert.Null(PidFile.TryAcquire(path, out int holder));
            Assert.Equal(Environment.ProcessId, holder);
        }

        Assert.Null(PidFile.HolderOf(path));
        PidFile.TryAcquire(path, out _)!.Dispose();
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void Signal_ToProcess_EndsItAndThenFindsNobody()
    {
        using Process sleeper = Process.Start("sleep", "60");
        Assert.True(ProcessControl.TrySignal(sleeper.Id, Signal.None));

        Assert.True(ProcessControl.TrySignal(sleeper.Id, Signal.Terminate));
        sleeper.WaitForExit();

        Assert.False(ProcessControl.TrySignal(sleeper.Id, Signal.None));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProcessControl.TrySignal(0, Signal.None));
    }

    [Fact]
    public void Fifo_OnOwnThread_IsGrantedToRoot()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "SCHED_FIFO needs root");
        int errno = -1;
        var thread = new Thread(() => errno = RealTime.TryEnterFifo(priority: 5));
        thread.Start();
        thread.Join();

        Assert.Equal(0, errno);
    }
}
