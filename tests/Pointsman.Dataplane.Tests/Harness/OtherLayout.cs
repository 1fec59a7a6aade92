using System.Diagnostics;
using System.Runtime.InteropServices;
using Pointsman.Balance.Connections;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;
using Pointsman.Linux.Bpf;
using Pointsman.Tests;

namespace Pointsman.Dataplane.Tests;

/// <summary>The data path as another version might have it: records with other fields, in other places, other verdicts. Compiled once.</summary>
internal static class OtherLayout
{
    internal const int Number = 77;

    private static readonly (string File, string Before, string After)[] Changes =
    [
        ("numbers.h", $"PM_LAYOUT = {PmLimit.Layout},", $"PM_LAYOUT = {Number},"),
        ("types.h", "\t__u8 state;   /* enum pm_state */\n\t__u8 flags;   /* enum pm_flow_flag */\n", "\t__u8 flags;\n\t__u8 state;\n"),
        ("types.h", "\t__u16 lease;\n\t__u16 service;     /* id */\n\t__be32 client_gaps; /* as its service's */\n\t__u32 weight;\n", "\t__u32 added[2];\n\t__u32 weight;\n\t__be32 client_gaps;\n\t__u16 service;\n\t__u16 lease;\n"),
        ("types.h", "sizeof(struct pm_server) == 64", "sizeof(struct pm_server) == 72"),
        ("types.h", "struct pm_service {\n", "struct pm_service {\n\t__u32 added;\n"),
        ("types.h", "struct pm_load {\n", "struct pm_load {\n\t__u32 added[2];\n"),
        ("types.h", "struct pm_vip {\n\t__u32 lease;\n\t__u32 owner_flags;\n", "struct pm_vip {\n\t__u32 owner_flags;\n\t__u32 lease;\n"),
        ("verdict.h", "\tX(TRUNCATED_ETH, XDP_PASS)", "\tX(ADDED, XDP_PASS) \\\n\tX(TRUNCATED_ETH, XDP_PASS)"),
    ];

    private static readonly Lazy<byte[]> Image = new(Compile);

    /// <summary>Loads it beside tables of ours, with their sizes and keys, and pins it.</summary>
    internal static PinPaths Load(PinPaths ours)
    {
        PinPaths paths = ours.Of(Number);
        using PinnedTables tables = PinnedTables.TryOpen(ours, writable: false)!;
        using BpfObject bpf = BpfObject.Open(Image.Value);
        int buckets = tables.Flows.Count / PmLimit.BucketEntries;
        bpf.SetCapacity(Names.Flows, buckets);
        bpf.SetCapacity(Names.Clients, buckets);
        bpf.SetCapacity(Names.Templates, tables.Flows.Count / 2);
        PmSettings settings = tables.Settings[0];
        ref PmConstants constants = ref MemoryMarshal.AsRef<PmConstants>(bpf.Constants(".rodata.load"));
        constants.BucketMask = (uint)buckets - 1;
        constants.Seed = settings.Seed;
        constants.SlackTicks = settings.TicksPerSecond / 4;
        bpf.Load();
        Directory.CreateDirectory(paths.Version, PinPaths.OwnerOnly);
        settings.Layout = Number;
        foreach (SctpState state in Enum.GetValues<SctpState>())
        {
            settings.TimeoutTicks[(int)state] = 0;   // a version that has these states not
        }

        foreach (string name in Names.AllMaps)
        {
            using BpfMap map = bpf.TakeMap(name);
            if (name == Names.Settings)
            {
                map.Update(0u, settings);
            }

            map.Pin(paths.Of(name));
        }

        foreach (string name in Names.AllPrograms)
        {
            using BpfProgram program = bpf.TakeProgram(name);
            program.Pin(paths.Of(name));
        }

        return paths;
    }

    private static byte[] Compile()
    {
        string folder = Directory.CreateTempSubdirectory("pointsman-layout-").FullName;
        try
        {
            foreach (string part in (string[])["bpf", "scripts"])
            {
                Directory.CreateDirectory(Path.Combine(folder, part));
            }

            foreach (string file in Directory.GetFiles(SourceTree.PathOf("bpf")))
            {
                string name = Path.GetFileName(file);
                string text = File.ReadAllText(file);
                foreach ((_, string before, string after) in Changes.Where(change => change.File == name))
                {
                    Assert.Contains(before, text, StringComparison.Ordinal);
                    text = text.Replace(before, after, StringComparison.Ordinal);
                }

                File.WriteAllText(Path.Combine(folder, "bpf", name), text);
            }

            string script = Path.Combine(folder, "scripts", "compile-bpf");
            File.Copy(SourceTree.PathOf("scripts", "compile-bpf"), script);
            string target = Path.Combine(folder, "other.o");
            using Process compiler = Process.Start(new ProcessStartInfo("bash", [script, target]) { RedirectStandardError = true })!;
            string said = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            Assert.SkipWhen(compiler.ExitCode == 127, "clang is missing: the other layout cannot be compiled");
            Assert.True(compiler.ExitCode == 0, said);
            return File.ReadAllBytes(target);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
