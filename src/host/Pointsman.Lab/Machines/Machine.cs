using System.Diagnostics;
using System.Globalization;

namespace Pointsman.Lab.Machines;

/// <summary>A running machine: the namespaces held by one process, named as the host sees it.</summary>
public sealed class Machine
{
    /// <summary>Set in the environment of everything the lab starts in a machine: "LAB/NODE/SERVICE".</summary>
    internal const string ServiceVariable = "POINTSMAN_LAB_SERVICE";

    private static readonly string[] SocketTables = ["tcp", "tcp6"];
    private static readonly TimeSpan BirthLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DeathLimit = TimeSpan.FromSeconds(10);

    private readonly LabOptions _options;

    internal Machine(string lab, string name, int initPid, LabOptions options)
    {
        Lab = lab;
        Name = name;
        InitPid = initPid;
        _options = options;
    }

    public string Lab { get; }

    public string Name { get; }

    public int InitPid { get; }

    internal static Machine Create(string lab, string name, LabOptions options)
    {
        string script = Path.Combine(options.StateDirectory, NodeProcesses.InitFile);
        ProcessStartInfo start = CommandRunner.Describe(
            ["setsid", "unshare", "--net", "--mount", "--uts", "--pid", "--fork", "--mount-proc", "--kill-child",
             "--propagation", "private", "/bin/bash", script, lab, name],
            programPath: null);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process unshare = CommandRunner.Start(start);
        unshare.StandardInput.Close();

        Task<string?> answer = unshare.StandardOutput.ReadLineAsync();
        bool answered = answer.Wait(BirthLimit);
        if (!answered || answer.Result != "ready")
        {
            string said = answered ? answer.Result ?? "it ended without a word" : "no answer";
            if (answered && answer.Result is null && unshare.WaitForExit(BirthLimit))
            {
                said = unshare.StandardError.ReadToEnd().Trim();
            }

            unshare.Kill(entireProcessTree: true);
            throw new LabException($"machine `{name}` did not come up: {said}");
        }

        return NodeProcesses.FindAll(options).Find(machine => machine.Lab == lab && machine.Name == name)
            ?? throw new LabException($"machine `{name}` came up and ended at once");
    }

    public CommandResult Run(IReadOnlyList<string> command, string? input = null, TimeSpan? limit = null) =>
        CommandRunner.Run(Inside(command), input, limit, _options.ProgramPath);

    public string RunChecked(IReadOnlyList<string> command, string? input = null, TimeSpan? limit = null) =>
        CommandRunner.RunChecked(Inside(command), input, limit, _options.ProgramPath);

    /// <summary>With the caller's terminal.</summary>
    public int RunAttached(IReadOnlyList<string> command) => CommandRunner.RunAttached(Inside(command), _options.ProgramPath);

    /// <summary>A process in the machine whose pipes the caller holds.</summary>
    internal Process StartPiped(IReadOnlyList<string> command)
    {
        ProcessStartInfo start = CommandRunner.Describe(Inside(command), _options.ProgramPath);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return CommandRunner.Start(start);
    }

    /// <summary>Starts a service that outlives this command, both its outputs appended to one file.</summary>
    internal void StartService(string service, IReadOnlyList<string> command, string logFile)
    {
        RunChecked(
        [
            "env", $"{ServiceVariable}={Mark(service)}",
            "setsid", "--fork", "bash", "-c", "log=$1; pid=$2; shift 2; echo $$ >\"$pid\"; exec \"$@\" >>\"$log\" 2>&1 </dev/null",
            service, logFile, PidFile(service), .. command,
        ]);
    }

    /// <summary>Host process ids of a service started here, its children included; the first process comes first.</summary>
    public IReadOnlyList<int> ServicePids(string service)
    {
        // Two marks, because each is lost by somebody: nginx writes over its environment, and a role that must outlive
        // its parent leaves the session.
        int? session = SessionOf(service);
        return
        [
            .. NodeProcesses.InSpaceOf(InitPid)
                .Where(process => process.Session == session || process.HasSetting($"{ServiceVariable}={Mark(service)}"))
                .OrderByDescending(process => process.InnerPid == session)
                .ThenBy(process => process.Pid)
                .Select(process => process.Pid),
        ];
    }

    public bool FirstProcessLives(string service) =>
        SessionOf(service) is { } session && NodeProcesses.InSpaceOf(InitPid).Any(process => process.InnerPid == session);

    // The machine's disk as the host sees it.
    private int? SessionOf(string service) =>
        NodeProcesses.TryRead($"/proc/{InitPid}/root{PidFile(service)}") is { } text
        && int.TryParse(text, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int session)
            ? session
            : null;

    private static string PidFile(string service) => $"/run/lab/{service}.session";

    internal void WriteFile(string path, string text) => RunChecked(["tee", path], input: text);

    /// <summary>Whether something listens on this TCP port, read from the machine's own socket table.</summary>
    internal bool ListensOn(int port)
    {
        const int ListenState = 0x0a;
        string suffix = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        return SocketTables
            .Where(table => File.Exists($"/proc/{InitPid}/net/{table}"))
            .SelectMany(table => File.ReadLines($"/proc/{InitPid}/net/{table}").Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Any(fields => fields[1].EndsWith(suffix, StringComparison.Ordinal)
                && int.Parse(fields[3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) == ListenState);
    }

    /// <summary>Ends all of it. The kernel then removes processes, network devices, mounts and pins by itself.</summary>
    internal void Destroy()
    {
        try
        {
            using Process init = Process.GetProcessById(InitPid);
            init.Kill();
        }
        catch (ArgumentException)
        {
            return;    // It has ended already, which is what was wanted.
        }

        Poll.UntilOrThrow(DeathLimit, $"the end of machine `{Name}`", () => !Directory.Exists($"/proc/{InitPid}"));
    }

    private string Mark(string service) => $"{Lab}/{Name}/{service}";

    private List<string> Inside(IReadOnlyList<string> command) =>
    [
        "nsenter", "--target", InitPid.ToString(CultureInfo.InvariantCulture), "--net", "--mount", "--uts", "--pid", "--",
        .. command,
    ];
}
