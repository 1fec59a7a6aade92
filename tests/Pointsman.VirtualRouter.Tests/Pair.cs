using System.Text;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>
/// Two directors on one switch that go through a course together, whatever their programs are; what came of each step is written
/// down so that pairs can be compared: states, addresses, what the pipes were told, and the priorities on the wire.
/// </summary>
internal sealed class Pair : IDisposable
{
    internal const string Master = "MASTER";
    internal const string Backup = "BACKUP";
    internal const string Fault = "FAULT";

    /// <summary>The program was stopped, or has not been started.</summary>
    internal const string Off = "";

    /// <summary>It was killed: its addresses are nobody's to remove.</summary>
    internal const string Dead = "-";

    private readonly string _folder = Directory.CreateTempSubdirectory("linux-vr-pair-").FullName;
    private readonly Network _network = Network.Create();
    private readonly Network _elsewhere = Network.Create();
    private readonly PairCourse _course;
    private readonly StringBuilder _outcome = new();

    private Pair(PairCourse course, string programOfA, string programOfB)
    {
        _course = course;
        A = new PairDirector(_network, _elsewhere, 1, programOfA, _folder);
        B = new PairDirector(_network, _elsewhere, 2, programOfB, _folder);
        foreach (PairDirector director in (PairDirector[])[A, B])
        {
            Write(director);
        }
    }

    internal PairDirector A { get; }

    internal PairDirector B { get; }

    /// <returns>What came of it, to be compared.</returns>
    internal static string Play(PairCourse course, string programOfA, string programOfB)
    {
        using var pair = new Pair(course, programOfA, programOfB);
        course.Steps(pair);
        int sealedOnes = course.Instances.Count(instance => instance.Lines.Contains("auth_type AH", StringComparison.Ordinal));
        pair.A.AssertContent(sealedOnes);
        pair.B.AssertContent(sealedOnes);
        return pair._outcome.ToString();
    }

    /// <summary>Other priorities for the instances of a director's file, which is read again.</summary>
    internal void Reload(PairDirector director, int priority)
    {
        Write(director, instance => instance with { Priorities = (priority, priority) });
        director.Reload();
    }

    /// <summary>Starts it on a machine that has booted meanwhile.</summary>
    internal void StartAfterBoot(PairDirector director)
    {
        director.ForgetAddresses(_course.Instances.SelectMany(instance => instance.PlainAddresses));
        director.Start();
    }

    /// <summary>Does something, waits until all is as it should be, and writes down what came of it.</summary>
    /// <param name="a">The state of A's instances, but for <paramref name="others"/>.</param>
    /// <param name="b">The same for B.</param>
    internal void Do(string what, Action act, string a, string b, params (string Name, string A, string B)[] others)
    {
        A.BeginStep();
        B.BeginStep();
        act();
        Expectation[] expected =
        [
            .. from instance in _course.Instances
               let other = others.FirstOrDefault(other => other.Name == instance.Name)
               from director in (PairDirector[])[A, B]
               select new Expectation(instance, director, director.IsA ? other.A ?? a : other.B ?? b),
        ];
        Node.WaitUntil(() => IsSo(expected), () => Complaint(what, expected));

        // It lasts: so many adverts more, and all is still so.
        int[] before = Array.ConvertAll(expected, Adverts);
        Node.WaitUntil(
            () => Enumerable.Range(0, expected.Length).All(i => !IsSeenSpeaking(expected[i]) || Adverts(expected[i]) >= before[i] + _course.Adverts),
            () => Complaint(what, expected));
        if (!IsSo(expected))
        {
            Assert.Fail(Complaint(what, expected));
        }

        WriteDown(what, expected);
    }

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
        _network.Dispose();
        _elsewhere.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Write(PairDirector director, Func<PairInstance, PairInstance>? change = null) => director.Text =
        director.Fill(_course.Head) + string.Concat(_course.Instances.Select(instance => (change is null ? instance : change(instance)).Text(director)));

    private static int Adverts(Expectation one) => one.Director.AdvertsOf(one.Instance.RouterId);

    private static bool IsSeenSpeaking(Expectation one) => one.State == Master && one.Instance.Interface == "eth0";

    private bool IsSo(Expectation[] expected)
    {
        if (!Array.TrueForAll(expected, IsTold))
        {
            return false;
        }

        (string[] ofA, string[] ofB) = (A.Addresses(), B.Addresses());
        return Array.TrueForAll(expected, one => one.State == Dead
            || one.Held(one.Director.IsA ? ofA : ofB).Count() == (one.State == Master ? one.Instance.Addresses.Length : 0));
    }

    private static bool IsTold(Expectation one) => one.State switch
    {
        Dead => !one.Director.IsRunning,
        Off => !one.Director.IsRunning
            && !(one.Instance.Interface == "eth0" && one.Director.WasMaster(one.Instance.Name) && one.Director.LastPriorityOf(one.Instance.RouterId) != "0"),
        _ => one.Director.StateOf(one.Instance.Name) == one.State && (one.Instance.Group is not { } group || one.Director.StateOf(group) == one.State),
    };

    private void WriteDown(string what, Expectation[] expected)
    {
        _outcome.AppendLine(what);
        (string[] ofA, string[] ofB) = (A.Addresses(), B.Addresses());
        foreach (Expectation one in expected)
        {
            _outcome.AppendLine($"    {one.Director.Letter} {one.Instance.Name} {one.State}");
            foreach (string address in one.Held(one.Director.IsA ? ofA : ofB))
            {
                _outcome.AppendLine($"        holds {address}");
            }

            if (string.Join(", ", one.Director.NewPrioritiesOf(one.Instance.RouterId)) is { Length: > 0 } said)
            {
                _outcome.AppendLine($"        says {said}");
            }
        }

        foreach (PairDirector director in (PairDirector[])[A, B])
        {
            // Instances that do not stand together move in no order.
            foreach (IGrouping<string, PairInstance> together in _course.Instances.GroupBy(instance => instance.Group ?? instance.Name))
            {
                foreach (string line in InOrder(director.ToldOf([.. together.Select(instance => instance.Name).Append(together.Key)])))
                {
                    _outcome.AppendLine($"    {director.Letter} tells {line}");
                }
            }
        }
    }

    // Which member of a group hears first is chance, on two links; that they move together, and the group last, is not.
    private static IEnumerable<string> InOrder(IEnumerable<string> lines)
    {
        string[] left = [.. lines];
        while (left.Length > 0)
        {
            string[] together = [.. left.TakeWhile(line => line.Split(' ') is ["INSTANCE", _, var state, _] && state == left[0].Split(' ')[2])];
            together = together.Length > 0 ? together : [left[0]];
            foreach (string line in together.Order(StringComparer.Ordinal))
            {
                yield return line;
            }

            left = left[together.Length..];
        }
    }

    private string Complaint(string what, Expectation[] expected)
    {
        IEnumerable<string> wrong = expected.Where(one => !IsTold(one)).Select(one =>
            $"{one.Director.Letter} {one.Instance.Name} is {one.Director.StateOf(one.Instance.Name)}, not {one.State}");
        return $"""
            {_course.Name}: {what}: {string.Join("; ", wrong)}
            {_outcome}
            {string.Join("\n", A.Addresses())}

            {string.Join("\n", B.Addresses())}
            a told:
            {A.Told}
            b told:
            {B.Told}
            a's log:
            {A.Log}
            b's log:
            {B.Log}
            """;
    }

    private sealed record Expectation(PairInstance Instance, PairDirector Director, string State)
    {
        internal IEnumerable<string> Held(string[] lines) =>
            Instance.PlainAddresses.SelectMany(address => lines.Where(line => line.Contains($" {address}/", StringComparison.Ordinal)));
    }
}
