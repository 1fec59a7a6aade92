using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// Reads the persistence templates some thousands at a time: one by one, a large site's would take a second.
/// </summary>
internal sealed class TemplatePieces(PinnedTables tables)
{
    // The kernel hands out whole buckets of its hash; a piece must hold the fullest one.
    private const int Size = 4096;

    private readonly PmTemplateKey[] _keys = new PmTemplateKey[Size];
    private readonly PmTemplate[] _templates = new PmTemplate[Size];
    private uint _place;

    /// <summary>The piece read last was the last one; the next is the first again.</summary>
    internal bool IsAtEnd => _place == 0;

    internal (PmTemplateKey Key, PmTemplate Template) this[int index] => (_keys[index], _templates[index]);

    /// <summary>The next piece is the first.</summary>
    internal void BeginAgain() => _place = 0;

    /// <returns>How many templates this piece has.</returns>
    internal int Read() => tables.Templates.ReadPiece<PmTemplateKey, PmTemplate>(ref _place, _keys, _templates);
}
