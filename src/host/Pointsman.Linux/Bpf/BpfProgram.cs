using System.Runtime.InteropServices;

namespace Pointsman.Linux.Bpf;

/// <summary>A loaded program, by its descriptor.</summary>
public sealed unsafe class BpfProgram : IDisposable
{
    private readonly FileDescriptor _descriptor;
    private readonly string _name;

    internal BpfProgram(string name, FileDescriptor descriptor)
    {
        _name = name;
        _descriptor = descriptor;
    }

    internal FileDescriptor Descriptor => _descriptor;

    /// <summary>The program pinned there, or null when nothing is.</summary>
    public static BpfProgram? TryOpen(string path)
    {
        BpfLog.Silence();
        int descriptor = LibBpf.OpenPin(path);
        return descriptor == -Errno.NoEntry
            ? null
            : new BpfProgram(
                Path.GetFileName(path), new FileDescriptor(BpfError.Check(descriptor, $"BPF_OBJ_GET {path}")));
    }

    public void Pin(string path) => BpfError.Check(LibBpf.Pin(_descriptor, path), $"BPF_OBJ_PIN {path}");

    /// <summary>
    /// Runs a tc program over a packet of no meaning, with five words to and fro in its context's cb. Allocates
    /// nothing. A repeated run may begin again in the middle, with the words as they were given: the program must not
    /// mind.
    /// </summary>
    /// <param name="words">Five words; replaced by what the program left there.</param>
    /// <returns>The program's return value.</returns>
    public int Call(Span<uint> words, int repeat = 1)
    {
        // An Ethernet header is the least the kernel takes.
        const int FrameBytes = 14;
        Span<byte> frame = stackalloc byte[FrameBytes];
        frame.Clear();
        return Call(words, frame, repeat);
    }

    /// <summary>The same over a frame of the caller's.</summary>
    /// <param name="frame">At least 14 bytes, and at most what fits a page beside the kernel's own.</param>
    public int Call(Span<uint> words, ReadOnlySpan<byte> frame, int repeat)
    {
        if (words.Length != SocketBuffer.WordCount)
        {
            throw new ArgumentException("cb has five words");
        }

        SocketBuffer context = default;
        words.CopyTo(new Span<uint>(context.Words, SocketBuffer.WordCount));
        fixed (byte* bytes = frame)
        {
            LibBpf.TestRunOptions options = new()
            {
                Size = (nuint)sizeof(LibBpf.TestRunOptions),
                DataIn = bytes,
                DataSizeIn = (uint)frame.Length,
                ContextIn = &context,
                ContextSizeIn = (uint)sizeof(SocketBuffer),
                ContextOut = &context,
                ContextSizeOut = (uint)sizeof(SocketBuffer),
                Repeat = repeat,
            };
            int result = Run(&options);
            if (result < 0)
            {
                throw new ErrnoException($"BPF_PROG_TEST_RUN {_name}", -result);
            }

            new Span<uint>(context.Words, SocketBuffer.WordCount).CopyTo(words);
            return (int)options.ReturnValue;
        }
    }

    /// <summary>Runs a tc program over a frame with a mark (SO_MARK of the socket that sent it).</summary>
    /// <param name="output">Receives the frame as the program left it; as long as <paramref name="frame"/>.</param>
    /// <returns>The program's return value.</returns>
    public int RunFilter(ReadOnlySpan<byte> frame, Span<byte> output, uint mark)
    {
        fixed (byte* input = frame)
        fixed (byte* result = output)
        {
            SocketBuffer context = default;
            context.Mark = mark;
            LibBpf.TestRunOptions options = new()
            {
                Size = (nuint)sizeof(LibBpf.TestRunOptions),
                DataIn = input,
                DataSizeIn = (uint)frame.Length,
                DataOut = result,
                DataSizeOut = (uint)output.Length,
                ContextIn = &context,
                ContextSizeIn = (uint)sizeof(SocketBuffer),
                Repeat = 1,
            };
            BpfError.Check(Run(&options), $"BPF_PROG_TEST_RUN {_name}");
            return (int)options.ReturnValue;
        }
    }

    /// <summary>Runs an XDP program over a frame.</summary>
    /// <param name="frame">At least 14 bytes.</param>
    /// <param name="output">Receives the frame as the program left it.</param>
    /// <param name="interfaceIndex">
    /// That it comes in by, an interface of the calling thread's network namespace; 0: the loopback.
    /// </param>
    public XdpRun Run(ReadOnlySpan<byte> frame, Span<byte> output, int interfaceIndex = 0, int repeat = 1)
    {
        fixed (byte* input = frame)
        fixed (byte* result = output)
        {
            XdpContext context = new() { DataEnd = (uint)frame.Length, IngressInterface = (uint)interfaceIndex };
            LibBpf.TestRunOptions options = new()
            {
                Size = (nuint)sizeof(LibBpf.TestRunOptions),
                DataIn = input,
                DataSizeIn = (uint)frame.Length,
                DataOut = result,
                DataSizeOut = (uint)output.Length,
                ContextIn = &context,
                ContextSizeIn = (uint)sizeof(XdpContext),
                Repeat = repeat,
            };
            BpfError.Check(Run(&options), $"BPF_PROG_TEST_RUN {_name}");
            return new XdpRun((XdpAction)options.ReturnValue, (int)options.DataSizeOut, options.Duration);
        }
    }

    public void Dispose() => _descriptor.Dispose();

    // A signal ends a repeated run, and the runtime sends signals to its threads: then it is run from the start again.
    private int Run(LibBpf.TestRunOptions* options)
    {
        LibBpf.TestRunOptions asked = *options;
        int result;
        while ((result = LibBpf.TestRun(_descriptor, options)) == -Errno.Interrupted)
        {
            *options = asked;
        }

        return result;
    }

    /// <summary>struct __sk_buff; only mark and cb are of interest.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 192)]
    private struct SocketBuffer
    {
        internal const int WordCount = 5;
#pragma warning disable CS0169, IDE0051, IDE0044 // What precedes cb.
        private fixed uint _before[2];
        internal uint Mark;
        private fixed uint _between[9];
#pragma warning restore CS0169, IDE0051, IDE0044
        internal fixed uint Words[WordCount];
    }

    /// <summary>struct xdp_md.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct XdpContext
    {
        internal uint Data;
        internal uint DataEnd;
        internal uint DataMeta;
        internal uint IngressInterface;
        internal uint ReceiveQueue;
        internal uint EgressInterface;
    }
}
