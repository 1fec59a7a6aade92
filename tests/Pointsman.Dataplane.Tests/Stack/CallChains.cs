using System.Buffers.Binary;
using System.Text;

namespace Pointsman.Dataplane.Tests.Stack;

/* Of an ELF object for BPF: its functions are symbols, its calls are relocations against the called one's symbol or its section, or, within
   a section, resolved already. Whatever it is, the immediate counts instructions from there, less one. */

/// <summary>All ways in which the functions of a BPF object can call each other, from each program on.</summary>
internal sealed class CallChains
{
    private const int StackUnit = 32;

    private readonly Dictionary<(int Section, int At), Function> _functions = [];
    private readonly List<Function> _programs = [];

    private CallChains(ReadOnlySpan<byte> elf)
    {
        Section[] sections = Sections(elf);
        List<Symbol> symbols = Symbols(elf, sections);
        foreach (Symbol symbol in symbols.Where(symbol => symbol.IsFunction))
        {
            ReadOnlySpan<byte> code = elf.Slice(sections[symbol.Section].At + symbol.Value, symbol.SizeBytes);
            BpfInstruction[] instructions = BpfInstruction.Read(code);
            var function = new Function(symbol.Name, symbol.Section, symbol.Value / BpfInstruction.Bytes, instructions, StackUse.BytesOf(instructions));
            _functions.Add((function.Section, function.At), function);
            if (sections[symbol.Section].Name != ".text")
            {
                _programs.Add(function);
            }
        }

        Dictionary<(int, int), Symbol> called = Relocations(elf, sections, symbols);
        foreach (Function function in _functions.Values)
        {
            FindCalls(function, called);
        }
    }

    /// <summary>The programs, by name.</summary>
    internal IEnumerable<string> Programs => _programs.Select(program => program.Name).Order(StringComparer.Ordinal);

    internal static CallChains Of(ReadOnlySpan<byte> elf) => new(elf);

    /// <summary>What each function takes by itself.</summary>
    internal IReadOnlyDictionary<string, int> StackBytes => _functions.Values.ToDictionary(function => function.Name, function => function.StackBytes);

    /// <summary>Every chain that cannot be made longer.</summary>
    internal IEnumerable<CallChain> Whole() => _programs.SelectMany(program => From(program, []));

    private static IEnumerable<CallChain> From(Function function, IReadOnlyList<Function> callers)
    {
        if (callers.Contains(function))
        {
            throw new InvalidDataException($"{function.Name} calls itself");
        }

        Function[] chain = [.. callers, function];
        return function.Calls.Count > 0
            ? function.Calls.SelectMany(next => From(next, chain))
            : [new CallChain(chain.Sum(link => RoundUp(link.StackBytes)), [.. chain.Select(link => $"{link.Name} {link.StackBytes}")])];
    }

    // check_max_stack_depth() of Linux before 6.x: at least one byte each.
    private static int RoundUp(int bytes) => (Math.Max(bytes, 1) + StackUnit - 1) / StackUnit * StackUnit;

    private void FindCalls(Function function, Dictionary<(int Section, int At), Symbol> called)
    {
        for (int i = 0; i < function.Code.Length; i++)
        {
            BpfInstruction instruction = function.Code[i];
            if (instruction.IsCallOfObject)
            {
                int at = function.At + i;
                (int Section, int At) target = called.TryGetValue((function.Section, at), out Symbol symbol)
                    ? (symbol.Section, (symbol.Value / BpfInstruction.Bytes) + instruction.Immediate + 1)
                    : (function.Section, at + instruction.Immediate + 1);
                function.Calls.Add(_functions[target]);
            }

            i += instruction.IsWide ? 1 : 0;
        }
    }

    private static Section[] Sections(ReadOnlySpan<byte> elf)
    {
        int tableAt = (int)BinaryPrimitives.ReadInt64LittleEndian(elf[0x28..]);
        int entryBytes = BinaryPrimitives.ReadInt16LittleEndian(elf[0x3a..]);
        int namesIndex = BinaryPrimitives.ReadInt16LittleEndian(elf[0x3e..]);
        var sections = new Section[BinaryPrimitives.ReadInt16LittleEndian(elf[0x3c..])];
        for (int i = 0; i < sections.Length; i++)
        {
            ReadOnlySpan<byte> header = elf[(tableAt + (i * entryBytes))..];
            sections[i] = new Section(
                "",
                BinaryPrimitives.ReadInt32LittleEndian(header),
                BinaryPrimitives.ReadInt32LittleEndian(header[4..]),
                (int)BinaryPrimitives.ReadInt64LittleEndian(header[0x18..]),
                (int)BinaryPrimitives.ReadInt64LittleEndian(header[0x20..]),
                BinaryPrimitives.ReadInt32LittleEndian(header[0x28..]),
                BinaryPrimitives.ReadInt32LittleEndian(header[0x2c..]));
        }

        for (int i = 0; i < sections.Length; i++)
        {
            sections[i] = sections[i] with { Name = Text(elf[(sections[namesIndex].At + sections[i].NameAt)..]) };
        }

        return sections;
    }

    private static List<Symbol> Symbols(ReadOnlySpan<byte> elf, Section[] sections)
    {
        const int SymbolTable = 2, EntryBytes = 24;
        Section table = sections.First(section => section.Type == SymbolTable);
        int namesAt = sections[table.Link].At;
        var symbols = new List<Symbol>();
        for (int at = table.At; at < table.At + table.SizeBytes; at += EntryBytes)
        {
            ReadOnlySpan<byte> entry = elf[at..];
            symbols.Add(new Symbol(
                Text(elf[(namesAt + BinaryPrimitives.ReadInt32LittleEndian(entry))..]),
                entry[4] & 15,
                BinaryPrimitives.ReadUInt16LittleEndian(entry[6..]),
                (int)BinaryPrimitives.ReadInt64LittleEndian(entry[8..]),
                (int)BinaryPrimitives.ReadInt64LittleEndian(entry[16..])));
        }

        return symbols;
    }

    // By the section and the instruction that they are for; those of addresses of maps among them, which no call has.
    private static Dictionary<(int Section, int At), Symbol> Relocations(ReadOnlySpan<byte> elf, Section[] sections, List<Symbol> symbols)
    {
        const int WithoutAddend = 9, EntryBytes = 16;
        var found = new Dictionary<(int, int), Symbol>();
        foreach (Section section in sections.Where(section => section.Type == WithoutAddend))
        {
            for (int at = section.At; at < section.At + section.SizeBytes; at += EntryBytes)
            {
                int place = (int)BinaryPrimitives.ReadInt64LittleEndian(elf[at..]);
                int symbol = BinaryPrimitives.ReadInt32LittleEndian(elf[(at + 12)..]);
                found[(section.Info, place / BpfInstruction.Bytes)] = symbols[symbol];
            }
        }

        return found;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes[..bytes.IndexOf((byte)0)]);

    private sealed record Function(string Name, int Section, int At, BpfInstruction[] Code, int StackBytes)
    {
        internal HashSet<Function> Calls { get; } = new(ReferenceEqualityComparer.Instance);
    }

    private readonly record struct Section(string Name, int NameAt, int Type, int At, int SizeBytes, int Link, int Info);

    private readonly record struct Symbol(string Name, int Type, int Section, int Value, int SizeBytes)
    {
        internal bool IsFunction => Type == 2;
    }
}
