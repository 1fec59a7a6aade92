using System.Reflection;
using Pointsman.Linux;
using Pointsman.Linux.Bpf;

namespace Pointsman.Bench.Kernel;

/// <summary>The reference programs in the kernel (bench/bpf), and the source of packets for them and for Pointsman's own.</summary>
internal sealed class BenchPrograms : IDisposable
{
    private const string ObjectName = "bench.bpf.o";

    // With a tunnel's header in front.
    private const int LongestFrameBytes = TrafficRecord.FrameBytes + 64;

    private readonly BpfMap _traffic;
    private readonly BpfMap _subject;
    private readonly BpfMap _received;
    private readonly BpfMap _device;
    private byte[] _frame = [];

    private BenchPrograms(BpfObject loaded)
    {
        _traffic = loaded.TakeMap("bench_traffic");
        _subject = loaded.TakeMap("bench_subject");
        _received = loaded.TakeMap("bench_received");
        _device = loaded.TakeMap("bench_device");
        Source = loaded.TakeProgram("bench_source");
        Generate = loaded.TakeProgram("bench_generate");
        Empty = loaded.TakeProgram("bench_empty");
        Forward = loaded.TakeProgram("bench_forward");
        Redirect = loaded.TakeProgram("bench_redirect");
        Lookup = loaded.TakeProgram("bench_lookup");
        Insert = loaded.TakeProgram("bench_insert");
        Sink = loaded.TakeProgram("bench_sink");
    }

    internal BpfProgram Source { get; }

    internal BpfProgram Generate { get; }

    internal BpfProgram Empty { get; }

    internal BpfProgram Forward { get; }

    internal BpfProgram Redirect { get; }

    internal BpfProgram Lookup { get; }

    internal BpfProgram Insert { get; }

    internal BpfProgram Sink { get; }

    /// <param name="flowCapacity">Entries of the hash map, as many as the connection table it is compared with.</param>
    internal static BenchPrograms Load(int flowCapacity)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(ObjectName)
            ?? throw new InvalidDataException($"{ObjectName} is not in the assembly");
        var image = new byte[stream.Length];
        stream.ReadExactly(image);
        using BpfObject loaded = BpfObject.Open(image);
        loaded.SetCapacity("bench_flows", flowCapacity);
        loaded.Load();
        return new BenchPrograms(loaded);
    }

    internal void SetTraffic(Traffic traffic)
    {
        _traffic.Update(0u, traffic.ToRecord());
        _frame = traffic.EmptyFrame;
    }

    internal void SetSubject(BpfProgram program) => _subject.Update(0u, program.Number);

    /// <summary>Where <see cref="Redirect"/> sends to.</summary>
    internal void SetDevice(int interfaceIndex) => _device.Update(0u, (uint)interfaceIndex);

    /// <summary>Frames that reached <see cref="Sink"/> so far.</summary>
    internal ulong Received()
    {
        var counts = new ulong[PossibleCpus.Count];
        _received.TryLookupPerCpu(0u, counts.AsSpan());
        return counts.Aggregate(0ul, (sum, count) => sum + count);
    }

    /// <summary>Runs the subject so many times; returns the mean of one run in nanoseconds, the source's share included.</summary>
    internal uint Run(int repeat, int interfaceIndex) =>
        Source.Run(_frame, new byte[LongestFrameBytes], interfaceIndex, repeat).Nanoseconds;

    /// <summary>What the subject makes of the next packet.</summary>
    internal XdpAction RunOnce(int interfaceIndex) =>
        Source.Run(_frame, new byte[LongestFrameBytes], interfaceIndex).Action;

    /// <summary>Sends so many frames out of an interface of the calling thread's network namespace.</summary>
    internal void Send(int repeat, int interfaceIndex) => LiveRun.Send(Generate, _frame, interfaceIndex, repeat);

    public void Dispose()
    {
        foreach (IDisposable owned in new IDisposable[]
            { _traffic, _subject, _received, _device, Source, Generate, Empty, Forward, Redirect, Lookup, Insert, Sink })
        {
            owned.Dispose();
        }
    }
}
