using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PidFile_WhereNothingCanBeWritten_IsHeldByOneAtATime(bool fileExists)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("linux-tests-").FullName, "a.pid");
        if (fileExists)
        {
            using PidFile? writer = PidFile.TryAcquire(path, out _);
            Assert.Null(PidFile.TryAcquireUnwritable(path));
        }

        using (PidFile? first = PidFile.TryAcquireUnwritable(path))
        {
            Assert.NotNull(first);
            Assert.Null(PidFile.TryAcquireUnwritable(path));
            Assert.True(!fileExists || PidFile.TryAcquire(path, out _) is null);
        }

        PidFile.TryAcquireUnwritable(path)!.Dispose();
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void PidFile_AskedForItsHolderAllTheTime_CanStillBeTaken()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("linux-tests-").FullName, "a.pid");
        PidFile.TryAcquire(path, out _)!.Dispose();
        bool isDone = false;
        var asking = new Thread(() =>
        {
            while (!Volatile.Read(ref isDone))
            {
                PidFile.HolderOf(path);
            }
        });
        asking.Start();
        int missed = 0;
        for (int i = 0; i < 3000; i++)
        {
            using PidFile? taken = PidFile.TryAcquire(path, out _);
            missed += taken is null ? 1 : 0;
        }

        Volatile.Write(ref isDone, true);
        asking.Join();
        Assert.Equal(0, missed);
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
    public void Account_Found_HasItsNumbersAndGroups()
    {
        UserAccount root = Assert.IsType<UserAccount>(UserAccount.Find("root"));
        Assert.Equal(0u, root.UserId);
        Assert.Contains(0u, root.GroupIds);
        Assert.Contains(4711u, UserAccount.Find("root", group: 4711)!.GroupIds);
        Assert.Equal(0u, UserAccount.FindGroup("root"));
        Assert.Null(UserAccount.Find("no such user"));
        Assert.Null(UserAccount.FindGroup("no such group"));
    }

    [Theory]
    [InlineData(UnixFileMode.UserExecute, true, false, false)]
    [InlineData(UnixFileMode.GroupExecute, false, true, false)]
    [InlineData(UnixFileMode.OtherExecute, false, false, true)]
    public void File_WithARightToExecute_GivesItToThoseOnly(UnixFileMode mode, bool toOwner, bool toGroup, bool toOthers)
    {
        var file = new FileOwnership(UserId: 10, GroupId: 20, mode);
        Assert.Equal(toOwner, file.MayExecute(new UserAccount(10, [20])));
        Assert.Equal(toGroup, file.MayExecute(new UserAccount(11, [5, 20])));
        Assert.Equal(toOthers, file.MayExecute(new UserAccount(11, [5])));
        Assert.True(file.MayExecute(UserAccount.Root));
        Assert.False((file with { Mode = UnixFileMode.UserWrite }).MayExecute(UserAccount.Root));
    }

    [Fact]
    public void File_Read_TellsItsMode()
    {
        string path = Path.GetTempFileName();
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupExecute);
        FileOwnership file = Assert.IsType<FileOwnership>(FileOwnership.TryRead(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupExecute, file.Mode);
        File.Delete(path);
        Assert.Null(FileOwnership.TryRead(path));
        Assert.True(FileOwnership.TryRead("/tmp")!.Mode.HasFlag(UnixFileMode.StickyBit));
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

    [Fact]
    public void ThreadThatSleeps_IsKeptOffAProcessor_ByAnother()
    {
        Assert.SkipWhen(Environment.ProcessorCount < 2, "there is one processor only");
        using var made = new ManualResetEventSlim();
        using var kept = new ManualResetEventSlim();
        ThreadProcessors? processors = null;
        string? status = null;
        int itsProcessor = -1;
        var thread = new Thread(() =>
        {
            processors = new ThreadProcessors();
            status = $"/proc/{new FileInfo("/proc/thread-self").LinkTarget}/status";
            itsProcessor = ThreadProcessors.Current;
            made.Set();
            kept.Wait();
        });
        thread.Start();
        made.Wait(TestContext.Current.CancellationToken);
        try
        {
            processors!.KeepOff(itsProcessor);
            string line = File.ReadLines(status!).Single(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal));
            string others = string.Join(',', Enumerable.Range(0, Environment.ProcessorCount).Where(number => number != itsProcessor));
            Assert.Equal(others, Listed(line.Split('\t')[1]));
        }
        finally
        {
            kept.Set();
            thread.Join();
        }
    }

    [Fact]
    public void FileOpenWhenThisProgramStarted_IsNotPassedOnAnyMore()
    {
        // Without close-on-exec, as a shell's `9>lock` leaves it.
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
        string name = new FileInfo($"/proc/self/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}").LinkTarget!;
        Assert.Contains(name, FilesOfAChild(), StringComparison.Ordinal);

        InheritedFiles.KeepFromChildren();

        Assert.DoesNotContain(name, FilesOfAChild(), StringComparison.Ordinal);
    }

    // The kernel writes 0-2,4.
    private static string Listed(string ranges) => string.Join(',', ranges.Split(',').Select(range => range.Split('-')).SelectMany(ends =>
        Enumerable.Range(int.Parse(ends[0], CultureInfo.InvariantCulture), 1 + int.Parse(ends[^1], CultureInfo.InvariantCulture) - int.Parse(ends[0], CultureInfo.InvariantCulture))));

    private static string FilesOfAChild()
    {
        using Process child = Process.Start(new ProcessStartInfo("ls", ["-l", "/proc/self/fd"]) { RedirectStandardOutput = true })!;
        string files = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return files;
    }
}
