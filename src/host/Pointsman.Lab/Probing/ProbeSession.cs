using System.Diagnostics;
using System.Text.Json;

namespace Pointsman.Lab.Probing;

/// <summary>A probe at work in the client's machine, as the lab holds it. Ends with <see cref="Dispose"/>. One thread only.</summary>
public sealed class ProbeSession : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;

    private ProbeSession(Process process) => _process = process;

    /// <summary>Asks a virtual service: each request on a fresh connection.</summary>
    public static ProbeSession Http(RunningLab lab, string service, params string[] options) => Start(lab, "http", service, options);

    /// <summary>Holds connections open and keeps asking on them.</summary>
    public static ProbeSession Hold(RunningLab lab, string service, params string[] options) => Start(lab, "hold", service, options);

    /// <summary>Sends numbered datagrams on flows of their own to an echo.</summary>
    public static ProbeSession Datagrams(RunningLab lab, string service, params string[] options) => Start(lab, "datagrams", service, options);

    /// <summary>What happened since the last report.</summary>
    public ProbeReport Report() => Parse(Ask("report"));

    /// <summary>The last moments, without ending the period.</summary>
    public ProbeReport Recent(TimeSpan window) => Parse(Ask(FormattableString.Invariant($"recent {window.TotalMilliseconds:0}")));

    public IReadOnlyList<HeldReport> ReportHeld() => JsonSerializer.Deserialize(Ask("report"), ProbeJson.Default.ListHeldReport)!;

    public DatagramReport ReportDatagrams() => JsonSerializer.Deserialize(Ask("report"), ProbeJson.Default.DatagramReport)!;

    /// <summary>Of datagrams: those sent so far count no more.</summary>
    public void Forget() => Ask("forget");

    /// <summary>Silence: nothing new is sent until <see cref="Go"/>; held connections stay open.</summary>
    public void Pause() => Ask("pause");

    public void Go() => Ask("go");

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(AnswerLimit))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static ProbeSession Start(RunningLab lab, string mode, string service, string[] options)
    {
        Process process = lab.Client.StartPiped([lab.Options.ProgramPath, "lab-probe", mode, service, .. options]);
        return new ProbeSession(process);
    }

    private static ProbeReport Parse(string line) => JsonSerializer.Deserialize(line, ProbeJson.Default.ProbeReport)!;

    private string Ask(string words)
    {
        try
        {
            _process.StandardInput.WriteLine(words);
            Task<string?> answer = _process.StandardOutput.ReadLineAsync();
            if (answer.Wait(AnswerLimit) && answer.Result is { } line)
            {
                return line;
            }
        }
        catch (IOException)
        {
            // The pipe broke: the probe says why below.
        }

        string said = _process.WaitForExit(TimeSpan.FromSeconds(1)) ? _process.StandardError.ReadToEnd().Trim() : "it does not answer";
        throw new LabException($"the probe failed: {said}");
    }
}
