using System.Runtime.InteropServices;

namespace Pointsman.Lab.Tests;

/// <summary>A lab of one test or class, apart from all others by its state directory; it is taken down whatever happens.</summary>
public sealed class TestLab : IDisposable
{
    private static readonly PosixSignal[] s_ends = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP];

    private readonly StringWriter _output = new();

    // Who ends the tests by a signal ends their labs too.
    private readonly List<PosixSignalRegistration> _signals;

    private RunningLab? _lab;

    private TestLab(LabOptions options)
    {
        Options = options with { Output = _output, Error = _output };
        _signals = [.. s_ends.Select(signal => PosixSignalRegistration.Create(signal, _ => RunningLab.Down(null, Options)))];
    }

    public LabOptions Options { get; }

    public RunningLab Lab => _lab ?? throw new InvalidOperationException("the lab was not brought up");

    /// <summary>Without any machine yet.</summary>
    public static TestLab Prepare(DirectorKind director)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the lab makes network namespaces: it needs root");
        return new TestLab(new LabOptions
        {
            Director = director,
            StateDirectory = $"/run/pointsman-lab-test-{Guid.NewGuid():N}",
        });
    }

    /// <summary>
    /// Up, with keepalived as director: for what the lab itself must do, whichever program its directors run.
    /// </summary>
    public static TestLab WithKeepalived(string topology) => Prepare(DirectorKind.Keepalived).Up(topology);

    /// <summary>Up, with the program that <c>./test</c> built.</summary>
    public static TestLab WithPointsman(string topology) => PreparePointsman().Up(topology);

    /// <summary>For Pointsman as director, without any machine yet.</summary>
    public static TestLab PreparePointsman()
    {
        string? program = Environment.GetEnvironmentVariable("POINTSMAN_PROGRAM");
        Assert.SkipWhen(program is null, "POINTSMAN_PROGRAM does not name the built program; ./test sets it");
        TestLab prepared = Prepare(DirectorKind.Pointsman);
        return new TestLab(prepared.Options with { ProgramPath = program! });
    }

    public TestLab Up(string topology)
    {
        try
        {
            _lab = RunningLab.Up(topology, Options);
            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>One command line, as typed after <c>pointsman lab</c>.</summary>
    public (int ExitCode, string Output) Type(params string[] words)
    {
        _output.GetStringBuilder().Clear();
        int exitCode = LabCli.Run(words, Options);
        return (exitCode, _output.ToString());
    }

    public void Dispose()
    {
        RunningLab.Down(null, Options);
        _signals.ForEach(signal => signal.Dispose());
    }
}
