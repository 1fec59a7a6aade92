using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tests.Stack;

namespace Pointsman.Dataplane.Tests;

/// <summary>
/// What Linux 5.10 grants of stack: calls in a row 512 bytes together, each rounded up to 32, and eight of them. A newer kernel takes an
/// object that goes beyond, so without this only a machine with that one (scripts/load-on-kernels) would tell.
/// </summary>
public sealed class StackTests
{
    private const int MostBytes = 512;
    private const int MostCalls = 8;

    private static readonly CallChains s_chains = CallChains.Of(ObjectImage.Read());

    [Fact]
    public void EveryChainOfCalls_FitsTheOldestKernelsStack() => Assert.Empty(BeyondOf(MostBytes, MostCalls));

    // What is looked at is the whole object, and the look can fail: the deepest ways are at the limit.
    [Fact]
    public void LessStack_OrFewerCalls_AreNoticed()
    {
        CallChain deepest = s_chains.Whole().MaxBy(chain => chain.StackBytes)!;
        CallChain longest = s_chains.Whole().MaxBy(chain => chain.Functions.Count)!;

        Assert.InRange(deepest.StackBytes, 400, MostBytes);
        Assert.InRange(longest.Functions.Count, 6, MostCalls);
        Assert.NotEmpty(BeyondOf(deepest.StackBytes - 1, MostCalls));
        Assert.NotEmpty(BeyondOf(MostBytes, longest.Functions.Count - 1));
        Assert.Superset(
            new HashSet<string>(["pm_arrive", "pm_guard_tc", "pm_guard_xdp", "pm_marked", "pm_now", "pm_pass", "pm_sweep", "pm_xdp"]),
            new HashSet<string>(s_chains.Programs));
    }

    [Theory]
    [InlineData(0, "b7 0 0 0 0", "95 0 0 0 0")] // r0 = 0
    [InlineData(40, "7a 10 0 -40 0", "95 0 0 0 0")] // *(r10 - 40) = 0
    [InlineData(1, "73 10 1 -1 0", "95 0 0 0 0")] // one byte
    [InlineData(96, "bf 6 10 0 0", "07 6 0 0 -100", "71 0 6 4 0", "95 0 0 0 0")] // r6 = r10 - 100; r0 = *(r6 + 4)
    [InlineData(24, "bf 2 10 0 0", "07 2 0 0 -24", "85 0 0 0 1", "95 0 0 0 0")] // a helper is given r10 - 24
    [InlineData(0, "bf 6 10 0 0", "07 6 0 0 -100", "95 0 0 0 0")] // not touched
    [InlineData(0, "b7 1 0 0 900", "07 1 0 0 -512", "71 0 1 0 0", "95 0 0 0 0")] // a number made smaller is no pointer
    [InlineData(64, "bf 6 10 0 0", "07 6 0 0 -64", "7b 10 6 -8 0", "79 1 10 -8 0", "72 1 0 0 0", "95 0 0 0 0")] // lay on the stack meanwhile
    [InlineData(80, "bf 6 10 0 0", "15 1 0 1 0", "07 6 0 0 -80", "79 0 6 0 0", "95 0 0 0 0")] // by one of two ways
    public void FunctionByHand_StackIsWhatItTouches(int bytes, params string[] instructions) =>
        Assert.Equal(bytes, StackUse.BytesOf([.. instructions.Select(Instruction)]));

    // It is given no pointer to its stack, and sums up 512 bytes at a time: that number is not one.
    [Fact]
    public void NumbersInTheObject_AreNotTakenForPointers() => Assert.InRange(s_chains.StackBytes["pm_sum_all"], 0, 128);

    private static string[] BeyondOf(int bytes, int calls) =>
    [
        .. s_chains.Whole().Where(chain => chain.StackBytes > bytes || chain.Functions.Count > calls).Select(chain => chain.ToString()),
    ];

    private static BpfInstruction Instruction(string text)
    {
        string[] parts = text.Split(' ');
        int[] numbers = [.. parts[1..].Select(part => int.Parse(part, System.Globalization.CultureInfo.InvariantCulture))];
        return new BpfInstruction(Convert.ToByte(parts[0], 16), numbers[0], numbers[1], numbers[2], numbers[3]);
    }
}
