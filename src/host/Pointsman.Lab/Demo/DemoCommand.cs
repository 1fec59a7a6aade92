using System.Runtime.InteropServices;

namespace Pointsman.Lab.Demo;

/// <summary><c>lab demo</c>: brings a lab up, runs its drill, sums it up, and takes the lab down whatever happened.</summary>
internal static class DemoCommand
{
    private const int Interrupted = 130;

    private static readonly TimeSpan MasterLimit = TimeSpan.FromSeconds(40);

    /// <returns>0 when every step was as promised, 1 when one was not.</returns>
    internal static int Run(string name, LabOptions options, bool keep)
    {
        Action<Drill> drill = name switch
        {
            "classic" => ClassicDrill.Run,
            "colocated" => ColocatedDrill.Run,
            "cdn" => CdnDrill.Run,
            _ => throw new LabException($"there is no drill for `{name}`; there are classic, colocated and cdn"),
        };
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = OnSignal(PosixSignal.SIGINT, stop);
        using PosixSignalRegistration terminate = OnSignal(PosixSignal.SIGTERM, stop);
        using PosixSignalRegistration hangUp = OnSignal(PosixSignal.SIGHUP, stop);
        try
        {
            return Run(name, options, drill, stop.Token);
        }
        catch (Exception error) when (stop.IsCancellationRequested && error is OperationCanceledException or LabException)
        {
            // A signal to the terminal's group ends the probes too, and their end is no finding.
            options.Error.WriteLine("lab: interrupted");
            return Interrupted;
        }
        finally
        {
            if (!keep || stop.IsCancellationRequested)
            {
                RunningLab.Down(name, options);
            }
            else
            {
                options.Output.WriteLine($"the lab {name} stays up; `lab down {name}` removes it");
            }
        }
    }

    private static int Run(string name, LabOptions options, Action<Drill> drill, CancellationToken cancel)
    {
        Narrator narrator = new(options.Output);
        narrator.Say($"building the lab {name}: {Topology.LabTopology.Load(name).Story}");
        RunningLab lab = RunningLab.Up(name, options);
        Drill context = new(lab, narrator, cancel);
        TimeSpan? elected = context.Wait(MasterLimit, () => lab.View.Master == "lb1", () => "the directors are electing the master");
        context.Conclude(
            "lab up, master elected", "lb1 is master",
            elected is null ? $"master: {lab.View.Master ?? "none"}" : "lb1 is master", elected is not null);
        drill(context);
        narrator.SumUp();
        int deviations = narrator.Steps.Count(step => !step.Ok);
        if (deviations > 0)
        {
            TellLogs(lab, options.Output);
        }

        options.Output.WriteLine(deviations == 0
            ? $"all {narrator.Steps.Count} steps as promised, in {narrator.Elapsed.TotalSeconds:0} s"
            : $"{deviations} of {narrator.Steps.Count} steps deviate");
        return deviations == 0 ? 0 : 1;
    }

    // The lab goes down after this: what the directors said must not go with it.
    private static void TellLogs(RunningLab lab, TextWriter output)
    {
        foreach (Topology.LabNode director in lab.Topology.Directors)
        {
            output.WriteLine($"last words of the director of {director.Name}:");
            output.WriteLine(lab.MachineOf(director.Name).Run(["tail", "-n", "15", Services.DirectorService.Log]).Output);
            output.WriteLine();
        }
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
}
