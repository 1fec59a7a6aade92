using System.Diagnostics;
using System.Globalization;
using System.Net;
using Pointsman.Bench.Measuring;
using Pointsman.Bench.Outage;
using Pointsman.Lab;

namespace Pointsman.Bench.Vrrp;

/// <summary>
/// One pair of directors whose master is stopped in order, killed, and lost with its machine, again and again; the other
/// takes over and is the next one's victim. A client pings the address every millisecond all the while.
/// </summary>
internal sealed class FailoverRun(DirectorKind kind, FailoverRow row, string program)
{
    // Guards against waiting for ever: beside other work a start takes long.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);

    // Looking through the pings keeps their threads waiting.
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(300);

    private readonly string _name = $"vrrp-{row.Name}-{kind}".ToLowerInvariant();
    private readonly Dictionary<string, DirectorProcess> _directors = [];
    private Rig? _rig;

    internal Samples Stopped { get; } = new();

    internal Samples Killed { get; } = new();

    /// <summary>The machine is gone: its port passes nothing.</summary>
    internal Samples Died { get; } = new();

    /// <summary>Changes of the master that nothing was done for.</summary>
    internal int Spurious { get; private set; }

    internal void Measure(int rounds)
    {
        Build();
        using var ear = new WireEar(_rig!.ClientSpace);
        try
        {
            using var ping = new PingProbe($"/run/netns/{_rig.ClientSpace}", IPAddress.Parse(Rig.VirtualAddress), TimeSpan.FromMilliseconds(1));
            BecomesCalm(ping);
            for (int round = 0; round < rounds; round++)
            {
                // The same moments between two adverts for everybody.
                double phase = (round + 0.5) / rounds;
                Change(ping, ear, Stopped, phase, (_, master) => master.Stop(), (_, master) => master.WaitUntilEnded());
                Change(ping, ear, Killed, phase, (_, master) => master.Kill(), (_, master) => master.WaitUntilEnded());
                Change(ping, ear, Died, phase, Lose, Repair);
            }
        }
        catch (InvalidOperationException failure)
        {
            // Told at once: the other pair goes on meanwhile.
            Console.Error.WriteLine(failure.Message);
            throw;
        }
        finally
        {
            End();
        }
    }

    /// <summary>Lets adverts go by, and counts what changes.</summary>
    internal void Watch(int adverts)
    {
        Build();
        try
        {
            Await("one master and one backup", IsSettled);
            Thread.Sleep(TimeSpan.FromSeconds(1));
            int before = Masterships;
            Thread.Sleep(adverts * row.Interval);
            Spurious = Masterships - before;
        }
        catch (InvalidOperationException failure)
        {
            // Told at once: the other pair goes on meanwhile.
            Console.Error.WriteLine(failure.Message);
            throw;
        }
        finally
        {
            End();
        }
    }

    private int Masterships => _directors.Values.Sum(director => director.BecameMaster);

    private bool IsSettled() =>
        _directors.Values.Count(director => director.IsMaster) == 1 && _directors.Values.Count(director => director.IsBackup) == 1;

    private void Build()
    {
        _rig = new Rig(_name, segments: 1);
        foreach (string machine in new[] { "a", "b" })
        {
            string space = _rig.SpaceOf(machine);
            string file = $"/run/{space}.conf";
            File.WriteAllText(file, row.Configuration(machine));
            _directors[machine] = new DirectorProcess(kind, program, space, file);
            _directors[machine].Start();
        }
    }

    private void End()
    {
        foreach (DirectorProcess director in _directors.Values)
        {
            director.End();
        }
    }

    private void Change(
        PingProbe ping,
        WireEar ear,
        Samples samples,
        double phase,
        Action<string, DirectorProcess> does,
        Action<string, DirectorProcess> undoes)
    {
        Await("one master and one backup", IsSettled);
        string name = _directors.Single(director => director.Value.IsMaster).Key;
        DirectorProcess master = _directors[name];
        DirectorProcess next = _directors.Values.Single(director => director != master);
        int before = Masterships;
        ping.TakeOutage();
        WaitForPhase(ear, phase);
        does(name, master);
        Await($"the other one as master after {name}", () => next.IsMaster);

        AwaitAnswers(ping);
        samples.Add(ping.TakeOutage().TotalMilliseconds);
        undoes(name, master);
        master.Start();
        Await($"{name} as backup again", () => master.IsBackup);
        Thread.Sleep((4 * row.Interval) + TimeSpan.FromMilliseconds(100));
        Await("one master and one backup", IsSettled);
        int forNothing = Masterships - before - 1;
        if (forNothing > 0)
        {
            // What was said tells why; after the run nobody could.
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Name}, {kind}: {forNothing} masters for nothing around the end of {name}\n{Tails}"));
        }

        Spurious += forNothing;
    }

    private string Tails => string.Join('\n', _directors.Select(director => $"-- {director.Key}\n{director.Value.Tail}"));

    private void WaitForPhase(WireEar ear, double phase)
    {
        long last = ear.LastAdvertAt;
        Await("an advert", () => ear.LastAdvertAt != last);
        TimeSpan rest = (phase * row.Interval) - Stopwatch.GetElapsedTime(ear.LastAdvertAt);
        if (rest > TimeSpan.Zero)
        {
            Thread.Sleep(rest);
        }
    }

    private void Lose(string name, DirectorProcess master)
    {
        _rig!.Unplug(name);
        master.Kill();
    }

    private void Repair(string name, DirectorProcess master)
    {
        master.WaitUntilEnded();
        _rig!.ForgetAddress(name);
        _rig.Plug(name);
    }

    private void BecomesCalm(PingProbe ping)
    {
        Await("one master and one backup", IsSettled);
        AwaitAnswers(ping);
    }

    private void AwaitAnswers(PingProbe ping)
    {
        // The look must not be at what was before the change.
        Thread.Sleep(PingProbe.Patience + s_look);
        Await("an answer to every ping", () =>
        {
            Thread.Sleep(s_betweenLooks);
            return ping.IsAnswered(s_look);
        });
    }

    private void Await(string what, Func<bool> isSo)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            if (Stopwatch.GetElapsedTime(begin) > s_limit)
            {
                throw new InvalidOperationException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{row.Name}, {kind}: no {what} within {s_limit.TotalSeconds} s\n{Tails}"));
            }

            Thread.Sleep(1);
        }
    }
}
