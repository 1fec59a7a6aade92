using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Pointsman.App.Run;
using Pointsman.Control;
using Pointsman.Control.Status;
using Pointsman.Vrrp;

namespace Pointsman.App.Mastership;

/// <summary>Gives the daemon an order and tells what came of it.</summary>
internal sealed class OrderRun(RunPaths paths, VrrpOrder order, TextWriter output, TextWriter errors)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>What a change may take beyond the instance's own times.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    internal int Run(string? name)
    {
        ImmutableArray<string> arguments = name is null ? [order.ToString()] : [order.ToString(), name];
        if (!ControlClient.TryRequest(
            paths.ControlSocket, new ControlRequest("vrrp-order", arguments), ControlJson.Default.OrderAccepted,
            out OrderAccepted? accepted, out ControlFailure? failure))
        {
            errors.WriteLine($"pointsman: {failure.Message}");
            return ExitCode.Failure;
        }

        if (accepted.Warning is { } warning)
        {
            errors.WriteLine($"pointsman: {warning}");
        }

        bool allDone = true;
        foreach (string instance in accepted.Instances)
        {
            allDone &= Await(instance);
        }

        return allDone ? ExitCode.Ok : ExitCode.Failure;
    }

    private bool Await(string name)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            InstanceStatus? instance = Read(name);
            if (instance is null)
            {
                errors.WriteLine($"pointsman: {name}: the daemon tells nothing of it any more");
                return false;
            }

            TimeSpan limit = Patience + (4 * TimeSpan.FromSeconds(instance.AdvertIntervalSeconds));
            if (OrderOutcome.Of(order, instance, isLast: waited.Elapsed > limit) is { } outcome)
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{name}: {outcome.Text} ({waited.Elapsed.TotalSeconds:0.0} s)"));
                return outcome.IsDone;
            }

            Thread.Sleep(PollInterval);
        }
    }

    private InstanceStatus? Read(string name)
    {
        ControlClient.TryRequest(
            paths.ControlSocket, new ControlRequest("status"), ControlJson.Default.NodeStatus, out NodeStatus? node, out _);
        return node?.Instances.FirstOrDefault(instance => instance.Name == name);
    }
}
