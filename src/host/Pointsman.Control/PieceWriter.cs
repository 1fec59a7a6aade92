using System.Buffers;

namespace Pointsman.Control;

/// <summary>
/// Takes an answer of any length in pieces. One buffer of megabytes would live among the large objects, and each collection
/// that those bring holds all threads up.
/// </summary>
internal sealed class PieceWriter : IBufferWriter<byte>
{
    private const int PieceBytes = 32 * 1024;

    private readonly List<ReadOnlyMemory<byte>> _full = [];
    private byte[] _piece = new byte[PieceBytes];
    private int _usedBytes;

    internal IReadOnlyList<ReadOnlyMemory<byte>> Pieces => [.. _full, _piece.AsMemory(0, _usedBytes)];

    public void Advance(int count) => _usedBytes += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_piece.Length - _usedBytes < Math.Max(1, sizeHint))
        {
            _full.Add(_piece.AsMemory(0, _usedBytes));
            _piece = new byte[Math.Max(PieceBytes, sizeHint)];
            _usedBytes = 0;
        }

        return _piece.AsMemory(_usedBytes);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
