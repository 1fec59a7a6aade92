using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Pointsman.Base;
using Pointsman.Sim.World;

namespace Pointsman.Sim.Calms;

// All that can have a bearing on what happens next, as numbers: every field of every object that can be reached from the
// site, the private ones of the machines among them; the pending events in their order, with what they have captured; the
// rules' own memory; the state of the random generator, so that equal states have drawn nothing in between. Times are told
// from now, and what is longer ago than Calm.Horizon is "long ago".
//
// Two equal states have the same future: the world is deterministic and knows time by differences only. What is left out
// (see Unimportant) is named one by one.

/// <summary>Writes down the state of a site.</summary>
internal sealed class WorldState
{
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> s_fields = new();

    private readonly Instant _now;
    private readonly Identities _identities;
    private readonly Dictionary<object, int> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly List<long> _numbers = [];
    private readonly List<string>? _places;
    private readonly Stack<string> _path = new();

    private WorldState(Instant now, Identities identities, bool isTraced)
    {
        _now = now;
        _identities = identities;
        _places = isTraced ? [] : null;
    }

    /// <param name="identities">Names of things that do not change; the same for states that are to be compared.</param>
    public static long[] Of(Cluster cluster, Identities identities) => Take(cluster, identities, isTraced: false)._numbers.ToArray();

    /// <summary>The same, and what each number is: to find out what does not come round.</summary>
    public static (long[] Numbers, string[] Places) Traced(Cluster cluster, Identities identities)
    {
        WorldState state = Take(cluster, identities, isTraced: true);
        return (state._numbers.ToArray(), state._places!.ToArray());
    }

    private static WorldState Take(Cluster cluster, Identities identities, bool isTraced)
    {
        var state = new WorldState(cluster.Clock.Now, identities, isTraced);
        state.Add(cluster);
        return state;
    }

    private void Put(long number)
    {
        _numbers.Add(number);
        _places?.Add(string.Join('.', _path.Reverse()));
    }

    private void Add(object? value)
    {
        switch (value)
        {
            case null: Put(-1); return;
            case Instant instant: Put(Told(instant)); return;
            case bool flag: Put(flag ? 1 : 0); return;
            case TimeSpan span: Put(span.Ticks); return;
            case string text: Put(_identities.Of(text)); return;
            case double real: Put(BitConverter.DoubleToInt64Bits(real)); return;
            case UInt128 wide: Put((long)(ulong)wide); Put((long)(ulong)(wide >> 64)); return;
            case Enum: Put(Convert.ToInt64(value, null)); return;
            case ulong large: Put((long)large); return;
            case IConvertible number: Put(number.ToInt64(null)); return;
            case MemberInfo member: Put(_identities.Of(member)); return;
            default: AddObject(value); return;
        }
    }

    private void AddObject(object value)
    {
        Type type = value.GetType();
        if (!type.IsValueType)
        {
            if (_seen.TryGetValue(value, out int number))
            {
                Put(number);
                return;
            }

            _seen.Add(value, _seen.Count);
            if (Unimportant.NeverChanges(type))
            {
                Put(_identities.Of(value));
                return;
            }
        }

        switch (value)
        {
            case EventQueue queue: AddEvents(queue); break;
            case Delegate called: AddCall(called); break;
            case byte[] bytes: AddBytes(bytes); break;
            case IEnumerable items when Unimportant.IsCollection(type): AddItems(items); break;
            default: AddFields(value, type); break;
        }
    }

    private long Told(Instant instant)
    {
        TimeSpan ago = _now - instant;
        return ago > Calm.Horizon ? long.MinValue : -ago.Ticks;
    }

    private void AddEvents(EventQueue queue)
    {
        foreach ((Instant due, Action happens) in queue.Pending)
        {
            Put(Told(due));
            Add(happens);
        }
    }

    private void AddCall(Delegate called)
    {
        Debug.Assert(called.HasSingleTarget, "events and commands are one call each");
        Put(_identities.Of(called.Method));
        _path.Push(_places is null ? "" : called.Method.Name);
        Add(called.Target);
        _path.Pop();
    }

    private void AddBytes(byte[] bytes)
    {
        Put(bytes.Length);
        foreach (byte one in bytes)
        {
            Put(one);
        }
    }

    private void AddItems(IEnumerable items)
    {
        foreach (object? item in items)
        {
            Add(item);
        }

        Put(long.MaxValue);     // here it ends
    }

    private void AddFields(object value, Type type)
    {
        foreach (FieldInfo field in s_fields.GetOrAdd(type, FieldsOf))
        {
            if (_places is not null)
            {
                _path.Push(field.Name);
            }

            Add(field.GetValue(value));
            if (_places is not null)
            {
                _path.Pop();
            }
        }
    }

    private static FieldInfo[] FieldsOf(Type type)
    {
        var fields = new List<FieldInfo>();
        for (Type? part = type; part is not null && part != typeof(object); part = part.BaseType)
        {
            fields.AddRange(part
                .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .Where(field => !Unimportant.IsLeftOut(field)));
        }

        return [.. fields];
    }

    /// <summary>Numbers for things that are compared by being the same.</summary>
    internal sealed class Identities
    {
        private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);
        private readonly Dictionary<object, int> _things = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<MemberInfo, int> _members = [];

        public int Of(string text) => Number(_texts, text);

        public int Of(object thing) => Number(_things, thing);

        public int Of(MemberInfo member) => Number(_members, member);

        private static int Number<T>(Dictionary<T, int> known, T key)
            where T : notnull
        {
            if (!known.TryGetValue(key, out int number))
            {
                number = known.Count;
                known.Add(key, number);
            }

            return number;
        }
    }
}
