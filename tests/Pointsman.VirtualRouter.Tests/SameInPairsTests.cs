using System.Collections.Concurrent;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>
/// keepalived with keepalived is the measure: whichever of the two is ours, or both, each step comes out the same - who is master,
/// who holds which address, what is told in which order, the priorities on the wire - and neither finds fault with the other's adverts.
/// </summary>
public sealed class SameInPairsTests
{
    private static readonly ConcurrentDictionary<string, Lazy<Dictionary<string, Task<string>>>> s_played = new();

    public static TheoryData<string, string> Pairs => new(
        from course in PairCourse.All
        from pairing in (string[])["ours, keepalived", "keepalived, ours", "ours, ours"]
        select (course.Name, pairing));

    // All pairs of a course play it at the same time, each on a switch of its own: most of it is waiting.
    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task WhateverHappens_ComesOutAsBetweenTwoKeepaliveds(string course, string pairing)
    {
        Keepalived.SkipUnlessInstalled();
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "network namespaces need root");
        string ours = Keepalived.Ours;
        Dictionary<string, Task<string>> played = s_played.GetOrAdd(
            course, name => new Lazy<Dictionary<string, Task<string>>>(() => Play(name, ours))).Value;

        // All of them, also where one has failed: each clears up behind itself.
        await Task.WhenAny(Task.WhenAll(played.Values));
        string expected = await played["keepalived, keepalived"];
        string actual = await played[pairing];
        Assert.True(expected == actual, $"keepalived with keepalived:\n{expected}\n{pairing}:\n{actual}");
    }

    private static Dictionary<string, Task<string>> Play(string name, string ours)
    {
        PairCourse course = Array.Find(PairCourse.All, course => course.Name == name)!;
        Task<string> Start(string programOfA, string programOfB) =>
            Task.Factory.StartNew(() => Pair.Play(course, programOfA, programOfB), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return new Dictionary<string, Task<string>>
        {
            ["keepalived, keepalived"] = Start(Keepalived.Real, Keepalived.Real),
            ["ours, keepalived"] = Start(ours, Keepalived.Real),
            ["keepalived, ours"] = Start(Keepalived.Real, ours),
            ["ours, ours"] = Start(ours, ours),
        };
    }
}
