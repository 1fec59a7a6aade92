namespace Pointsman.Lab;

/// <summary>The words and options of one <c>lab</c> command line.</summary>
internal sealed record LabArguments(
    string[] Words, string? Lab, DirectorKind? Director, bool Json, bool OneWay, bool Reset, bool Keep, bool Help)
{
    internal static LabArguments Parse(ReadOnlySpan<string> args)
    {
        List<string> words = [];
        LabArguments parsed = new([], null, null, Json: false, OneWay: false, Reset: false, Keep: false, Help: false);
        for (int i = 0; i < args.Length; i++)
        {
            if (words is ["exec", _, ..])
            {
                // The rest belongs to the command inside the machine.
                words.AddRange(args[i..]);
                break;
            }

            switch (args[i])
            {
                case "--json": parsed = parsed with { Json = true }; break;
                case "--one-way": parsed = parsed with { OneWay = true }; break;
                case "--reset": parsed = parsed with { Reset = true }; break;
                case "--keep": parsed = parsed with { Keep = true }; break;
                case "--help" or "-h": parsed = parsed with { Help = true }; break;
                case "--lab": parsed = parsed with { Lab = Value(args, ref i) }; break;
                case "--director": parsed = parsed with { Director = ParseDirector(Value(args, ref i)) }; break;
                case ['-', '-', ..]: throw new LabException($"unknown option `{args[i]}`; type `lab` for the verbs");
                default: words.Add(args[i]); break;
            }
        }

        return parsed with { Words = [.. words] };
    }

    private static string Value(ReadOnlySpan<string> args, ref int index)
    {
        index++;
        return index < args.Length ? args[index] : throw new LabException($"option `{args[index - 1]}` needs a value");
    }

    private static DirectorKind ParseDirector(string word) => word switch
    {
        "pointsman" => DirectorKind.Pointsman,
        "keepalived" => DirectorKind.Keepalived,
        _ => throw new LabException($"`--director {word}`: there are pointsman and keepalived"),
    };
}
