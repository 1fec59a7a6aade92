using System.Globalization;
using Pointsman.Base;

namespace Pointsman.Health.Tests;

/// <summary>Plays one check against a list of answers, each given a fixed time after its probe, and writes what happens.</summary>
internal sealed class CheckTimeline
{
    private readonly List<CheckAction> _actions = [];
    private readonly List<string> _lines = [];

    internal CheckTimeline(CheckSettings settings, bool wasDown = false, ulong seed = 1, CheckMethod? method = null)
    {
        Machine = new CheckMachine(method ?? Connect, settings, wasDown);
        Machine.Start(Instant.Zero, new Prng(seed));
    }

    internal CheckMachine Machine { get; }

    internal static CheckMethod Connect { get; } = new CheckMethod.Tcp();

    internal static ProbeOutcome Good { get; } = new ProbeOutcome.Success(TimeSpan.FromMilliseconds(1));

    internal static ProbeOutcome Bad { get; } = new ProbeOutcome.Refused();

    /// <summary>F6's check: 3 s timeout, 3 retries, 3 s apart, every 10 s, no spreading.</summary>
    internal static CheckSettings Settings { get; } = new(
        ConnectTimeout: TimeSpan.FromSeconds(3),
        Retry: 3,
        DelayBeforeRetry: TimeSpan.FromSeconds(3),
        DelayLoop: TimeSpan.FromSeconds(10),
        Warmup: TimeSpan.Zero);

    /// <param name="answers">One letter a probe: <c>+</c> success, <c>-</c> refused.</param>
    internal string Play(string answers)
    {
        foreach (char answer in answers)
        {
            Instant now = Machine.Deadline!.Value;
            Machine.OnDeadline(now, _actions);
            Drain(now);
            Machine.OnOutcome(now + TimeSpan.FromSeconds(1), Attempt, answer == '+' ? Good : Bad, _actions);
            Drain(now + TimeSpan.FromSeconds(1));
        }

        string text = string.Join('\n', _lines);
        _lines.Clear();
        return text;
    }

    internal uint Attempt { get; private set; }

    private void Drain(Instant now)
    {
        foreach (CheckAction action in _actions)
        {
            string seconds = (now.Nanoseconds / 1_000_000_000).ToString(CultureInfo.InvariantCulture);
            if (action is CheckAction.StartProbe probe)
            {
                Attempt = probe.Attempt;
                _lines.Add(probe.Step == 0 ? $"{seconds} probe" : $"{seconds} probe {probe.Step}");
            }
            else if (action is CheckAction.Changed changed)
            {
                _lines.Add($"{seconds} {(changed.IsUp ? "up" : "down")}: {changed.Reason}");
            }
        }

        _actions.Clear();
    }
}
