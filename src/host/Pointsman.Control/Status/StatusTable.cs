namespace Pointsman.Control.Status;

/// <summary>Rows in aligned columns, two blanks apart. A title that begins with &gt; is aligned right.</summary>
public sealed class StatusTable(params string[] titles)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Write(TextWriter target, string indent)
    {
        string[] heads = [.. titles.Select(title => title.TrimStart('>'))];
        int[] widths = [.. heads.Select((head, column) =>
            _rows.Select(row => StatusInk.Width(row[column])).Append(head.Length).Max())];
        WriteRow(target, indent, heads, widths);
        foreach (string[] row in _rows)
        {
            WriteRow(target, indent, row, widths);
        }
    }

    private void WriteRow(TextWriter target, string indent, string[] cells, int[] widths)
    {
        IEnumerable<string> padded = cells.Select((cell, column) =>
        {
            string blanks = new(' ', widths[column] - StatusInk.Width(cell));
            return titles[column].StartsWith('>') ? blanks + cell : cell + blanks;
        });
        target.Write((indent + string.Join("  ", padded)).TrimEnd() + "\n");
    }
}
