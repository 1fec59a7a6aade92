using System.Globalization;
using System.Runtime.CompilerServices;

namespace Pointsman.Sim.World;

/// <summary>A line that is put together only where the log is kept.</summary>
[InterpolatedStringHandler]
internal ref struct LogLine
{
    private DefaultInterpolatedStringHandler _text;

    public LogLine(int literalLength, int formattedCount, SimLog log, out bool isWanted)
    {
        isWanted = log.IsKept;
        _text = isWanted ? new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
    }

    public LogLine(int literalLength, int formattedCount, SimNode node, out bool isWanted)
        : this(literalLength, formattedCount, node.Cluster.Log, out isWanted)
    {
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    public string Take() => _text.ToStringAndClear();
}
