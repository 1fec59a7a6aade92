using System.Text;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>The templates of the persistence engine sip, whose names are hashes: whose they are, and of which call (bpf/sip.h).</summary>
internal static class CallRecords
{
    /// <summary>The one engine there is, as IPVS calls it.</summary>
    internal const string Engine = "sip";

    internal static bool IsOfCall(in PmTemplateKey key) => (key.Family & PmLimit.TemplateCall) != 0;

    internal static byte FamilyOf(in PmTemplateKey key) => (byte)(key.Family & ~PmLimit.TemplateCall);

    /// <summary>Null when it is no call's, or went a moment ago.</summary>
    internal static (IpAddress Client, string CallId)? Find(PinnedTables tables, in PmTemplateKey key) =>
        IsOfCall(key) && tables.Calls.TryLookup(key, out PmCall call)
            ? (call.Client.Address, Encoding.Latin1.GetString(((ReadOnlySpan<byte>)call.Id)[..Math.Min((int)call.Length, PmLimit.CallId)]))
            : null;

    /// <summary>The client of a connection of IPv6 that is of a call; null when that is not known any more.</summary>
    internal static IpAddress? ClientOf(PinnedTables tables, in PmFlow flow, int place)
    {
        var name = new PmFlowName
        {
            Key = System.Runtime.InteropServices.MemoryMarshal.Read<ulong>(
                System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<PmFlow>(in flow))),
            Bucket = (uint)(place / PmLimit.BucketEntries),
        };
        return tables.Callers.TryLookup(name, out Be128 client) ? client.Address : null;
    }
}
