using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pointsman.Base;
using Pointsman.Bench.Measuring;
using Pointsman.Lab;

namespace Pointsman.Bench.Vrrp;

/// <summary>One node with 500 instances of 20 addresses each, alone on two segments: all become master at one moment.</summary>
internal sealed class ManyInstances(DirectorKind kind, string program)
{
    internal const int InstanceCount = 500;
    internal const int AddressesEach = 20;
    internal static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);
    internal static readonly TimeSpan Watched = TimeSpan.FromSeconds(30);

    private const int PerSegment = InstanceCount / 2;
    // keepalived took more than two minutes on a busy machine.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    /// <summary>From the first advert until the last of the addresses was announced.</summary>
    internal TimeSpan Transition { get; private set; }

    /// <summary>How far two adverts of one instance are from being a second apart, in milliseconds.</summary>
    internal Samples JitterMs { get; } = new();

    internal double Megabytes { get; private set; }

    /// <summary>Percent of one.</summary>
    internal double Cpu { get; private set; }

    internal void Measure()
    {
        var rig = new Rig($"vrrp-many-{kind}".ToLowerInvariant(), segments: 2);
        string space = rig.SpaceOf("a");
        string file = $"/run/{space}.conf";
        File.WriteAllText(file, Configuration());
        using var ear = new WireEar(rig.ClientSpace) { IsRecording = true };
        var director = new DirectorProcess(kind, program, space, file);
        director.Start();
        try
        {
            if (Poll.Until(s_limit, () => ear.AnnouncedCount == InstanceCount * AddressesEach) is null)
            {
                throw new InvalidOperationException($"{kind} announced {ear.AnnouncedCount} addresses:\n{director.Tail}");
            }

            Transition = Stopwatch.GetElapsedTime(ear.TakeAdverts()[0].At, ear.AllAnnouncedAt);
            Thread.Sleep(Settling);
            ear.TakeAdverts();
            double before = director.CpuSeconds();
            Thread.Sleep(Watched);
            Cpu = 100 * (director.CpuSeconds() - before) / Watched.TotalSeconds;
            Megabytes = director.Megabytes();
            TakeJitter(ear.TakeAdverts());
        }
        finally
        {
            director.End();
        }
    }

    private void TakeJitter(List<(long At, IpAddress Source, byte Router)> adverts)
    {
        foreach (var instance in adverts.GroupBy(advert => (advert.Source, advert.Router)))
        {
            long[] times = [.. instance.Select(advert => advert.At)];
            for (int i = 1; i < times.Length; i++)
            {
                JitterMs.Add(Math.Abs(Stopwatch.GetElapsedTime(times[i - 1], times[i]).TotalMilliseconds - 1000));
            }
        }

        if (JitterMs.Values.Count < InstanceCount * (Watched.TotalSeconds - 3))
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"{kind}: only {JitterMs.Values.Count} intervals between adverts were heard"));
        }
    }

    private static string Configuration()
    {
        var text = new StringBuilder("global_defs {\n router_id a\n}\n");
        for (int i = 0; i < InstanceCount; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"vrrp_instance VI_{i + 1} {{\n state BACKUP\n interface eth{i / PerSegment}\n");
            text.Append(CultureInfo.InvariantCulture, $" virtual_router_id {(i % PerSegment) + 1}\n priority 100\n advert_int 1\n virtual_ipaddress {{\n");
            for (int a = 1; a <= AddressesEach; a++)
            {
                text.Append(CultureInfo.InvariantCulture, $"  10.{16 + (i / 256)}.{i % 256}.{a}\n");
            }

            text.Append(" }\n}\n");
        }

        return text.ToString();
    }
}
