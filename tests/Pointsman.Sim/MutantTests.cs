using Pointsman.Sim.Rules;
using Pointsman.Sim.World;

namespace Pointsman.Sim;

/// <summary>A rule that never fires proves nothing: each is shown the nodes it is there to catch.</summary>
public sealed class MutantTests
{
    private const int SeedsTried = 200;

    public static TheoryData<string, string> Catches => new()
    {
        { nameof(Mutant.DeafMaster), nameof(OneMasterOnASoundSegment) },
        { nameof(Mutant.SlowEar), nameof(OneMasterOnASoundSegment) },
        { nameof(Mutant.KeepsAddresses), nameof(AddressesFollowTheState) },
        { nameof(Mutant.AddsNoAddresses), nameof(AddressesFollowTheState) },
        { nameof(Mutant.SleepyBackup), nameof(SettlesOnOneMaster) },
        { nameof(Mutant.SleepyBackup), nameof(SilenceEnds) },
        { nameof(Mutant.DeafToArp), nameof(SplitIsSeen) },
        { nameof(Mutant.Gullible), nameof(StrangersMoveNothing) },
        { nameof(Mutant.KeepsLease), nameof(LeaseIsHeldOnce) },
        { nameof(Mutant.EternalLease), nameof(LeaseEndsWithTheWord) },
        { nameof(Mutant.SleepWalker), nameof(YieldsBeforeItSpeaks) },
        { nameof(Mutant.BalancesUnarmed), nameof(BalancesWithTheLease) },
        { nameof(Mutant.MissesItsSuccessor), nameof(BalancesWithTheLease) },
        { nameof(Mutant.TrustsNobody), nameof(BalancedOnce) },
        { nameof(Mutant.TornGroup), nameof(GroupMovesTogether) },
        { nameof(Mutant.Forgetful), nameof(ReloadKeepsMastership) },
        { nameof(Mutant.KeepsTheDropped), nameof(AddressesFollowTheState) },
        { nameof(Mutant.DropsWithTheLease), nameof(LeaseEndsWithTheWord) },
        { nameof(Mutant.LeavesRemains), nameof(AddressesFollowTheState) },
        { nameof(Mutant.BeginsAnew), nameof(ReloadKeepsMastership) },
        { nameof(Mutant.KeepsItsGroups), nameof(GroupMovesTogether) },
        { nameof(Mutant.HasNoDeputy), nameof(SpeaksWhileHeldUp) },
        { nameof(Mutant.DeputyNeverEnds), nameof(SpeaksWhileHeldUp) },
        { nameof(Mutant.ActsTooLate), nameof(YieldsBeforeItSpeaks) },
        { nameof(Mutant.ForgetsLeftovers), nameof(AddressesFollowTheState) },
        { nameof(Mutant.ActsOnStaleEntries), nameof(BalancesWithTheLease) },
    };

    [Theory]
    [MemberData(nameof(Catches))]
    public void BrokenNode_IsCaughtByItsRule(string mutant, string rule)
    {
        var caughtBy = new SortedSet<string>(StringComparer.Ordinal);
        for (ulong seed = 1; seed <= SeedsTried && !caughtBy.Contains(rule); seed++)
        {
            caughtBy.Add(SeededRun.Play(seed, Enum.Parse<Mutant>(mutant)).BrokenRule ?? "none");
        }

        Assert.Contains(rule, caughtBy);
    }

    [Fact]
    public void EveryMutantAndEveryRule_IsTried()
    {
        Assert.Equal(Enum.GetNames<Mutant>().Where(name => name != nameof(Mutant.None)).Order(), Catches.Select(row => row.Data.Item1).Distinct().Order());
        Assert.Equal(
            typeof(Rule).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Rule))).Select(type => type.Name).Order(),
            Catches.Select(row => row.Data.Item2).Distinct().Order());
    }
}
