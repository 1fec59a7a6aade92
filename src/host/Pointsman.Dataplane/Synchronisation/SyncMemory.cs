using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Synchronisation;

/// <summary>
/// What the group knows of this node's connections: each entry as it was when it was last told of, or heard of. Its place here is
/// its place in the table. What is different in the table has happened since.
/// </summary>
internal sealed class SyncMemory(int count)
{
    private readonly PmFlow[] _flows = new PmFlow[count];
    private readonly Dictionary<TemplateName, KnownTemplate> _templates = [];

    internal Span<PmFlow> Flows => _flows;

    /// <param name="Round">In which round over the templates it was last there.</param>
    internal record struct KnownTemplate(uint Server, uint Expiry, bool IsAssured, long ToldAtMs, int Round);

    private readonly record struct TemplateName(Be128 Client, Be32 Vip, ushort Vport, byte Proto, byte Family)
    {
        internal static TemplateName Of(in PmTemplateKey key) => new(key.Client, key.Vip, key.Vport.Value, key.Proto, key.Family);
    }

    internal KnownTemplate? Find(in PmTemplateKey key) => _templates.TryGetValue(TemplateName.Of(key), out KnownTemplate known) ? known : null;

    internal void Note(in PmTemplateKey key, KnownTemplate known) => _templates[TemplateName.Of(key)] = known;

    /// <summary>Forgets what was not there in the round that has ended.</summary>
    internal void Forget(int round)
    {
        foreach ((TemplateName key, KnownTemplate known) in _templates)
        {
            if (known.Round != round)
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
