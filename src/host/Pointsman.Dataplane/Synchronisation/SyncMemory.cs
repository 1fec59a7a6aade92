using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;

namespace Pointsman.Dataplane.Synchronisation;

/// <summary>
/// What the group knows of this node's connections: each entry as it was when it was last told of, or heard of. Its place here is
/// its place in the table. What is different in the table has happened since.
/// </summary>
/// <param name="count">Of connections the table has room for.</param>
/// <param name="templatesMost">Of templates. Whoever is on the wire may tell of more, with any address.</param>
internal sealed class SyncMemory(int count, int templatesMost)
{
    private readonly PmFlow[] _flows = new PmFlow[count];
    private readonly Dictionary<TemplateName, KnownTemplate> _templates = [];

    internal Span<PmFlow> Flows => _flows;

    internal int TemplateCount => _templates.Count;

    internal readonly record struct KnownTemplate(uint Server, uint Expiry, bool IsAssured, long ToldAtMs);

    private readonly record struct TemplateName(Be128 Client, Be32 Vip, ushort Vport, byte Proto, byte Family)
    {
        internal static TemplateName Of(in PmTemplateKey key) => new(key.Client, key.Vip, key.Vport.Value, key.Proto, key.Family);
    }

    internal KnownTemplate? Find(in PmTemplateKey key) => _templates.TryGetValue(TemplateName.Of(key), out KnownTemplate known) ? known : null;

    /// <summary>What there is no room for will be told of once more than needed.</summary>
    internal void Note(in PmTemplateKey key, KnownTemplate known)
    {
        var name = TemplateName.Of(key);
        if (_templates.Count < templatesMost || _templates.ContainsKey(name))
        {
            _templates[name] = known;
        }
    }

    /// <summary>Forgets the templates that are over as far as the group knows.</summary>
    internal void Forget(ulong now)
    {
        foreach ((TemplateName key, KnownTemplate known) in _templates)
        {
            if (Clock.Until(known.Expiry, now) <= 0)
            {
                _templates.Remove(key);
            }
        }
    }

    /// <summary>Same connection, server and state; the time may differ.</summary>
    internal static bool IsSame(in PmFlow left, in PmFlow right) =>
        IsSameConnection(left, right) && left.Server == right.Server && left.State == right.State;

    internal static bool IsSameConnection(in PmFlow left, in PmFlow right) =>
        left.Saddr == right.Saddr && left.Sport == right.Sport && left.Tag == right.Tag;
}
