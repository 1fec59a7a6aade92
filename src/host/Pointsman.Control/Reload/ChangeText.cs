namespace Pointsman.Control.Reload;

/// <summary>Changes for people: a line each, and what they mean once behind those that mean the same.</summary>
public static class ChangeText
{
    private const string Indent = "    ";

    public static string Count(int changes) => changes switch { 0 => "nothing changed", 1 => "1 change", _ => $"{changes} changes" };

    /// <summary>Not the file's, and so no change: told last.</summary>
    public static void WriteOrders(IReadOnlyList<string> orders, TextWriter target)
    {
        foreach (string order in orders)
        {
            target.Write($"({order})\n");
        }
    }

    public static void Write(IReadOnlyList<ChangeReport> changes, TextWriter target)
    {
        for (int i = 0; i < changes.Count; i++)
        {
            target.Write($"{changes[i].Text}\n");
            bool isLast = i + 1 == changes.Count || changes[i + 1].Effect != changes[i].Effect;
            if (isLast && changes[i].Effect.Length > 0)
            {
                target.Write($"{Indent}{changes[i].Effect}\n");
            }
        }
    }
}
