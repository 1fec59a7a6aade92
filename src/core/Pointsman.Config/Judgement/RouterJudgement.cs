using System.Globalization;
using System.Text;
using Pointsman.Config.Model;

namespace Pointsman.Config.Judgement;

/// <summary>What must be the same, and what must not be, in the parts of one virtual router.</summary>
internal static class RouterJudgement
{
    // RFC 2338 §5.3.10: the field of a plain password; what is longer is cut.
    private const int PasswordLengthBytes = 8;

    /// <param name="members">The first is what the others are held against.</param>
    public static void Judge(List<RouterMember> members, DiagnosticSink sink)
    {
        VrrpInstanceConfig first = members[0].Instance;
        foreach (VrrpInstanceConfig other in members.Skip(1).Select(member => member.Instance))
        {
            CompareWhatIsHeard(first, other, sink);
            CompareAddresses(first, other, sink);
        }

        NoticeSame(
            members, member => member.Priority.ToString(CultureInfo.InvariantCulture), JudgementCatalogue.SamePriority,
            "which of them is master depends on their addresses, and changes with who was there first", IsPreemptionWanted, sink);
        NoticeSame(
            members, member => member.StartsAsMaster ? "MASTER" : "", JudgementCatalogue.MasterTwice,
            "there is one master, and `priority` decides which; this word does not", member => member.StartsAsMaster, sink);
        NoticeSame(
            members, member => member.McastSrcIp?.ToString() ?? "", JudgementCatalogue.SourceShared,
            "one of the two has it from the other's file", member => member.McastSrcIp is not null, sink);
    }

    // Equal priorities with `nopreempt` are a way to say that no node is preferred.
    private static bool IsPreemptionWanted(VrrpInstanceConfig instance) => !instance.Nopreempt;

    // A node discards adverts that differ from its own in any of these, and becomes master beside the other.
    private static void CompareWhatIsHeard(VrrpInstanceConfig first, VrrpInstanceConfig other, DiagnosticSink sink)
    {
        if (first.VirtualRouterId != other.VirtualRouterId)
        {
            Differ(
                JudgementCatalogue.RouterIdsDiffer, first, $"`virtual_router_id {first.VirtualRouterId}`",
                other, $"`virtual_router_id {other.VirtualRouterId}`", sink);
            return;
        }

        if (first.Adverts.Version != other.Adverts.Version)
        {
            Differ(
                JudgementCatalogue.VersionsDiffer, first, $"version {first.Adverts.Version}",
                other, $"version {other.Adverts.Version}", sink);
            return;
        }

        // RFC 9568 §6.1: a backup of version 3 goes by its master's interval, whatever its own.
        if (first.Adverts.Version == 2 && first.AdvertInterval != other.AdvertInterval)
        {
            Differ(
                JudgementCatalogue.IntervalsDiffer, first, $"every {Wording.Seconds(first.AdvertInterval)}",
                other, $"every {Wording.Seconds(other.AdvertInterval)}", sink);
        }

        if (!Password(first).SequenceEqual(Password(other)))
        {
            Differ(
                JudgementCatalogue.PasswordsDiffer, first, first.AuthPass is null ? "no password" : "a password",
                other, other.AuthPass is null ? "no password" : first.AuthPass is null ? "a password" : "another password", sink);
        }
        else if (first.AuthPass is not null && first.Adverts.UsesAuthenticationHeader != other.Adverts.UsesAuthenticationHeader)
        {
            Differ(JudgementCatalogue.PasswordsDiffer, first, AuthType(first), other, AuthType(other), sink);
        }
    }

    private static void Differ(
        DiagnosticDescriptor descriptor, VrrpInstanceConfig first, string here, VrrpInstanceConfig other, string there, DiagnosticSink sink) =>
        sink.Add(DiagnosticSink.Make(descriptor, other.Source, other.Name) with
        {
            Label = $"{there}: they do not hear each other, and both become master",
            Related = new RelatedPlace(first.Source, here),
        });

    private static string AuthType(VrrpInstanceConfig instance) =>
        instance.Adverts.UsesAuthenticationHeader ? "`auth_type AH`" : "`auth_type PASS`";

    private static ReadOnlySpan<byte> Password(VrrpInstanceConfig instance)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(instance.AuthPass ?? "");
        return bytes.AsSpan(0, Math.Min(bytes.Length, PasswordLengthBytes));
    }

    private static void CompareAddresses(VrrpInstanceConfig first, VrrpInstanceConfig other, DiagnosticSink sink)
    {
        List<string> here = AddressesBeside(first, other);
        List<string> there = AddressesBeside(other, first);
        if (here.Count > 0 || there.Count > 0)
        {
            sink.Add(DiagnosticSink.Make(JudgementCatalogue.AddressesDiffer, other.Source, other.Name) with
            {
                Label = OnlyHere(there),
                Related = new RelatedPlace(first.Source, OnlyHere(here)),
            });
        }
    }

    /// <summary>What one instance has and the other has not; with its length where only that differs.</summary>
    private static List<string> AddressesBeside(VrrpInstanceConfig one, VrrpInstanceConfig other)
    {
        var addresses = JudgedNode.Addresses(other).ToHashSet();
        var prefixes = other.VirtualAddresses.Select(address => address.Prefix).ToHashSet();
        return
        [
            .. one.VirtualAddresses.Select(address => address.Prefix)
                .Where(prefix => !prefixes.Contains(prefix))
                .Select(prefix => addresses.Contains(prefix.Address) ? prefix.ToString() : prefix.Address.ToString()),
        ];
    }

    private static string OnlyHere(List<string> addresses) => addresses.Count == 0
        ? "nothing the other has not"
        : $"only here: {Wording.Some(addresses)}";

    /// <summary>Complains of each member with the same value as one before it, among those it matters for.</summary>
    private static void NoticeSame(
        List<RouterMember> members,
        Func<VrrpInstanceConfig, string> value,
        DiagnosticDescriptor descriptor,
        string label,
        Func<VrrpInstanceConfig, bool> matters,
        DiagnosticSink sink)
    {
        var first = new Dictionary<string, VrrpInstanceConfig>();
        foreach (VrrpInstanceConfig instance in members.Select(member => member.Instance).Where(matters))
        {
            string word = value(instance);
            if (!first.TryAdd(word, instance))
            {
                sink.Add(Same(descriptor, instance, word) with
                {
                    Label = label,
                    Related = new RelatedPlace(first[word].Source, "the same here"),
                });
            }
        }
    }

    private static Diagnostic Same(DiagnosticDescriptor descriptor, VrrpInstanceConfig instance, string word) =>
        descriptor == JudgementCatalogue.SourceShared
            ? DiagnosticSink.Make(descriptor, instance.Source, word)
            : DiagnosticSink.Make(descriptor, instance.Source, instance.Name, word);
}
