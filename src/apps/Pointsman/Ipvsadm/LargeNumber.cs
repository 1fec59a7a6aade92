using System.Globalization;

namespace Pointsman.App.Ipvsadm;

/// <summary>A figure of <c>--stats</c> and <c>--rate</c>: nine columns, or with <c>--exact</c> as many as it takes.</summary>
internal static class LargeNumber
{
    internal static string Format(ulong value, bool exact)
    {
        if (exact)
        {
            // Never less than one blank before it, so that a long figure does not run into the one on its left.
            string digits = value.ToString(CultureInfo.InvariantCulture);
            return digits.Length <= 8 ? digits.PadLeft(9) : $" {digits}";
        }

        return value switch
        {
            < 100_000_000 => Pad(value, ""),
            < 1_000_000_000 => Pad(value / 1_000, "K"),
            < 100_000_000_000 => Pad(value / 1_000_000, "M"),
            < 100_000_000_000_000 => Pad(value / 1_000_000_000, "G"),
            _ => Pad(value / 1_000_000_000_000, "T"),
        };
    }

    private static string Pad(ulong value, string unit) =>
        (value.ToString(CultureInfo.InvariantCulture) + unit).PadLeft(9);
}
