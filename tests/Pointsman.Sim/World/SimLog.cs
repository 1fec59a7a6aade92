using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Pointsman.Sim.World;

/// <summary>
/// What happened, one line each. Equal seeds give equal bytes. It is kept where somebody reads it: writing what happens takes
/// longer than letting it happen, and a seed that fails is played once more.
/// </summary>
internal sealed class SimLog(EventQueue clock, bool isKept)
{
    private readonly StringBuilder _lines = new();

    public bool IsKept => isKept;

    public void Write(string who, string what)
    {
        if (isKept)
        {
            (long seconds, long rest) = Math.DivRem(clock.Calendar.Nanoseconds, 1_000_000_000);
            _lines.Append(CultureInfo.InvariantCulture, $"{seconds}.{rest / 1000:000000} {who} {what}\n");
        }
    }

    public void Write(string who, [InterpolatedStringHandlerArgument("")] ref LogLine what)
    {
        if (isKept)
        {
            Write(who, what.Take());
        }
    }

    public override string ToString() => _lines.ToString();
}
