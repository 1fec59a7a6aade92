using System.Collections.Concurrent;
using System.Diagnostics;
using Pointsman.Health;
using Pointsman.Probes.Tracking;

namespace Pointsman.Probes.Tests;

public sealed class TrackingTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pointsman-tracking-").FullName;
    private readonly ConcurrentQueue<int> _numbers = new();
    private readonly ConcurrentQueue<string> _log = new();

    private string FilePath => Path.Combine(_directory, "sub", "number");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task File_IsMadeWrittenReplacedAndRemoved_EachNumberIsTold()
    {
        await using TrackFileMonitor monitor = Watch(new TrackedFile("f", FilePath));
        await WaitForAsync(0);
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync(FilePath, "-20\n", Stop);
        await WaitForAsync(-20);
        await File.WriteAllTextAsync(FilePath + ".new", "7", Stop);
        File.Move(FilePath + ".new", FilePath, overwrite: true);
        await WaitForAsync(7);
        File.Delete(FilePath);
        await WaitForAsync(0);
    }

    [Fact]
    public async Task File_HoldsNoNumber_CountsAsZeroAndIsToldOnce()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync(FilePath, "5", Stop);
        await using TrackFileMonitor monitor = Watch(new TrackedFile("f", FilePath));
        await WaitForAsync(5);
        await File.WriteAllTextAsync(FilePath, "five", Stop);
        await WaitForAsync(() => !_log.IsEmpty);
        await WaitForAsync(0);

        Assert.Equal($"track_file f: {FilePath} holds no whole number: 'five'; it counts as 0", _log.Last());
    }

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 9)]
    public async Task InitFile_MakesItOnlyAnewWhereAskedFor(bool overwrites, int expected)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync(FilePath, "3", Stop);
        await using TrackFileMonitor monitor = Watch(new TrackedFile("f", FilePath, 9, overwrites));

        await WaitForAsync(expected);
    }

    [Fact]
    public async Task Process_RunsAndEnds_IsTold()
    {
        var told = new ConcurrentQueue<(bool IsUp, int Count)>();
        string program = Path.Combine(_directory, "behave-sleeper");
        File.Copy("/bin/sleep", program);
        var tracked = new TrackedProcess("p", ["behave-sleeper"], Match: null, IsFullCommand: false);
        await using var monitor = new TrackProcessMonitor(
            [(tracked, new TrackProcessMachine(1, null, TimeSpan.Zero, TimeSpan.Zero))], (_, isUp, count) => told.Enqueue((isUp, count)), _log.Enqueue);

        await WaitForAsync(() => told.LastOrDefault((true, -1)) == (false, 0));
        using (Process process = Process.Start(program, "600"))
        {
            await WaitForAsync(() => told.Last() == (true, 1));
            process.Kill();
            await process.WaitForExitAsync(Stop);
        }

        await WaitForAsync(() => told.Last() == (false, 0));
    }

    [Fact]
    public async Task OneLookFails_NobodyKnowsWhy_TheNextOneIsMade()
    {
        string program = Path.Combine(_directory, "behave-sleeper2");
        File.Copy("/bin/sleep", program);
        var told = new ConcurrentQueue<bool>();
        var tracked = new TrackedProcess("p", ["behave-sleeper2"], Match: null, IsFullCommand: false);
        await using var processes = new TrackProcessMonitor(
            [(tracked, new TrackProcessMachine(1, null, TimeSpan.Zero, TimeSpan.Zero))],
            (_, isUp, _) =>
            {
                told.Enqueue(isUp);
                Assert.True(told.Count > 1, "the first one fails");
            },
            _log.Enqueue);
        await WaitForAsync(() => !_log.IsEmpty);
        using (Process process = Process.Start(program, "600"))
        {
            await WaitForAsync(() => told.Last());
            process.Kill();
            await process.WaitForExitAsync(Stop);
        }

        _log.Clear();
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync(FilePath, "5", Stop);
        await using var file = new TrackFileMonitor(
            new TrackedFile("f", FilePath),
            (_, number) =>
            {
                _numbers.Enqueue(number);
                Assert.True(_numbers.Count > 1, "the first one fails");
            },
            _log.Enqueue);
        await WaitForAsync(() => _numbers.Count > 1 && _numbers.Last() == 5);
        Assert.Contains("cannot be looked at", Assert.Single(_log), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "worker /etc/x -v", true)]
    [InlineData(ParameterMatch.Exact, "worker /etc/x", true)]
    [InlineData(ParameterMatch.Exact, "worker /etc/x -v", false)]
    [InlineData(ParameterMatch.Initial, "worker /etc/x -v", true)]
    [InlineData(ParameterMatch.Initial, "worker /etc/xy", false)]
    [InlineData(ParameterMatch.Partial, "worker /etc/xy", true)]
    [InlineData(ParameterMatch.Partial, "worker", false)]
    [InlineData(null, "", false)]
    public void Parameters_AreCompared(ParameterMatch? match, string commandLine, bool expected) => Assert.Equal(
        expected,
        new TrackedProcess("p", ["worker", "/etc/x"], match, IsFullCommand: false)
            .Is("worker", commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public void FullCommand_IsTheWholeFirstWord()
    {
        var tracked = new TrackedProcess("p", ["/usr/sbin/nginx"], Match: null, IsFullCommand: true);

        Assert.True(tracked.Is("nginx", ["/usr/sbin/nginx", "-g"]));
        Assert.False(tracked.Is("nginx", ["nginx"]));
    }

    private TrackFileMonitor Watch(TrackedFile file) => new(file, (_, number) => _numbers.Enqueue(number), _log.Enqueue);

    private Task WaitForAsync(int number) => WaitForAsync(() => !_numbers.IsEmpty && _numbers.Last() == number);

    private static async Task WaitForAsync(Func<bool> isSo)
    {
        for (int i = 0; i < 1000 && !isSo(); i++)
        {
            await Task.Delay(20, Stop);
        }

        Assert.True(isSo(), "it did not come to pass in 20 s");
    }
}
