using System.Globalization;
using Pointsman.Base;

namespace Pointsman.Config.Syntax;

/// <summary>
/// The numbers behind <c>$_RANDOM</c>. keepalived draws others at every reading; here they follow from the node's id, so
/// that they differ between nodes and a reload of an unchanged file changes nothing.
/// </summary>
internal sealed class RandomNumbers(string nodeId)
{
    public const int Largest = 32767;

    private readonly Prng _random = new(Seed(nodeId));

    /// <param name="arguments">Nothing, the least, or the least and the largest number.</param>
    /// <returns>Null: they are none of these.</returns>
    public string? Draw(string arguments)
    {
        string[] bounds = arguments.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        int least = 0;
        int largest = Largest;
        bool isUnderstood = bounds.Length <= 2
            && (bounds.Length < 1 || TryRead(bounds[0], out least))
            && (bounds.Length < 2 || TryRead(bounds[1], out largest));
        return isUnderstood && least <= largest
            ? (least + _random.NextInt(largest - least + 1)).ToString(CultureInfo.InvariantCulture)
            : null;
    }

    private static bool TryRead(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= Largest;

    // FNV-1a: string.GetHashCode differs from process to process.
    private static ulong Seed(string text)
    {
        ulong hash = 0xcbf29ce484222325;
        foreach (char letter in text)
        {
            hash = (hash ^ letter) * 0x100000001b3;
        }

        return hash;
    }
}
