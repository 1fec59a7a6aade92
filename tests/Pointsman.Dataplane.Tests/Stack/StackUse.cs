namespace Pointsman.Dataplane.Tests.Stack;

/* As the verifier sees it: a function's stack is as deep as the lowest place of it that is read or written, by itself or through a pointer
   that a call is given. So registers are followed that point there, also where they lie on the stack themselves meanwhile; a number that is
   made smaller is no pointer. Of two ways that meet, the lower pointer stands. */

/// <summary>How many bytes of its stack a function touches.</summary>
internal sealed class StackUse
{
    /// <summary>No pointer into the stack; else the distance from its top, zero or below.</summary>
    private const int NoPointer = 1;

    /// <summary>Lower than any stack: a pointer that a loop makes lower and lower ends there.</summary>
    private const int Bottomless = -4096;

    private const int Registers = BpfInstruction.FramePointer + 1;
    private const int SlotBytes = 8;
    private const int Slots = 512 / SlotBytes;
    private const int FirstArgument = 1, LastArgument = 5;

    private readonly BpfInstruction[] _code;
    private readonly int[]?[] _states;
    private readonly Stack<int> _open = new();
    private int _lowest;

    private StackUse(BpfInstruction[] code)
    {
        _code = code;
        _states = new int[code.Length][];
    }

    internal static int BytesOf(BpfInstruction[] function)
    {
        var use = new StackUse(function);
        use.Walk();
        return -use._lowest;
    }

    private void Walk()
    {
        int[] entry = new int[Registers + Slots];
        Array.Fill(entry, NoPointer);
        entry[BpfInstruction.FramePointer] = 0;
        Meet(0, entry);
        while (_open.TryPop(out int at))
        {
            Step(at, _code[at], [.. _states[at]!]);
        }
    }

    private void Step(int at, BpfInstruction instruction, int[] state)
    {
        switch (instruction.Class)
        {
            case BpfClass.Load:
                state[instruction.Target] = NoPointer;
                break;
            case BpfClass.LoadMemory:
                int read = Touch(state[instruction.Source], instruction.Offset);
                state[instruction.Target] = instruction.IsOfEightBytes && SlotOf(read) is int from ? state[from] : NoPointer;
                break;
            case BpfClass.Store or BpfClass.StoreRegister:
                int written = Touch(state[instruction.Target], instruction.Offset);
                if (SlotOf(written) is int to)
                {
                    bool isWhole = instruction is { Class: BpfClass.StoreRegister, IsOfEightBytes: true };
                    state[to] = isWhole ? state[instruction.Source] : NoPointer;
                }

                break;
            case BpfClass.Arithmetic32:
                state[instruction.Target] = NoPointer;
                break;
            case BpfClass.Arithmetic:
                state[instruction.Target] = Calculate(instruction, state);
                break;
            case BpfClass.Jump or BpfClass.Jump32:
                Jump(at, instruction, state);
                return;
            default:
                throw new InvalidDataException($"opcode {instruction.Opcode:x2}");
        }

        Meet(at + (instruction.IsWide ? 2 : 1), state);
    }

    private void Jump(int at, BpfInstruction instruction, int[] state)
    {
        const int Always = 0;
        switch (instruction.Opcode)
        {
            case BpfInstruction.Exit:
                return;
            case BpfInstruction.Call:
                for (int argument = FirstArgument; argument <= LastArgument; argument++)
                {
                    Touch(state[argument], 0);
                }

                Array.Fill(state, NoPointer, 0, LastArgument + 1);
                break;
            default:
                Meet(at + 1 + instruction.Offset, state);
                if (instruction.Operation == Always)
                {
                    return;
                }

                break;
        }

        Meet(at + 1, state);
    }

    private static int Calculate(BpfInstruction instruction, int[] state)
    {
        const int Add = 0, Subtract = 1, Move = 11;
        int target = state[instruction.Target];
        int source = instruction.TakesRegister ? state[instruction.Source] : NoPointer;
        return instruction.Operation switch
        {
            Move => source,
            Add when instruction.TakesRegister => target != NoPointer ? target : source,
            Add when target != NoPointer => Math.Max(target + instruction.Immediate, Bottomless),
            Subtract when target != NoPointer && !instruction.TakesRegister => Math.Max(target - instruction.Immediate, Bottomless),
            _ => NoPointer,
        };
    }

    private int Touch(int pointer, int offset)
    {
        if (pointer == NoPointer)
        {
            return NoPointer;
        }

        _lowest = Math.Min(_lowest, pointer + offset);
        return pointer + offset;
    }

    private static int? SlotOf(int place) =>
        place is < 0 and >= -Slots * SlotBytes ? Registers + ((-place - 1) / SlotBytes) : null;

    private void Meet(int at, int[] state)
    {
        int[]? known = _states[at];
        if (known is null)
        {
            _states[at] = state.ToArray();
            _open.Push(at);
            return;
        }

        bool isNew = false;
        for (int i = 0; i < state.Length; i++)
        {
            if (state[i] < known[i])
            {
                known[i] = state[i];
                isNew = true;
            }
        }

        if (isNew)
        {
            _open.Push(at);
        }
    }
}
