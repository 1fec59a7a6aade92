namespace Pointsman.Dataplane.Tables;

/// <summary>
/// How many records of the tables plans have changed: each place of an array and each entry of a map that was written or
/// removed. What stands there already as it should is not written, and so not counted.
/// </summary>
internal sealed class WriteCount
{
    internal long Total { get; private set; }

    internal void Add(int records = 1) => Total += records;

    /// <summary>Writes a word of a table, if it is not there yet.</summary>
    internal void Set(ref ulong place, ulong value)
    {
        if (place != value)
        {
            Volatile.Write(ref place, value);
            Add();
        }
    }
}
