using System.Globalization;
using System.Text;

namespace Pointsman.Sim.World;

/// <summary>What happened, one line each. Equal seeds give equal bytes.</summary>
internal sealed class SimLog(EventQueue clock)
{
    private readonly StringBuilder _lines = new();

    public void Write(string who, string what) =>
        _lines.Append(CultureInfo.InvariantCulture, $"{clock.Now.Nanoseconds / 1e9:0.000000} {who} {what}\n");

    public override string ToString() => _lines.ToString();
}
