using Pointsman.Config.Model;
using Pointsman.Engine.ByHand;

namespace Pointsman.App.Ipvsadm;

/// <summary>
/// Orders by hand that wait to be carried out in one step, since each step costs. Where all of them together are more than the data
/// path takes, those before and behind the one that is too much are carried out all the same, as if they came one by one.
/// </summary>
/// <param name="answers">A complaint at the place of each order; empty: there is none.</param>
internal sealed class HandBatch(string[] answers)
{
    private readonly List<(int At, HandOrder Order)> _orders = [];

    /// <summary>Those that nothing speaks against.</summary>
    internal IEnumerable<HandOrder> Good => _orders.Where(order => answers[order.At].Length == 0).Select(order => order.Order);

    internal void Add(int at, HandOrder order) => _orders.Add((at, order));

    internal void Clear() => _orders.Clear();

    /// <summary>The table with all orders that can be carried out; the others have their complaint then.</summary>
    /// <param name="check">Why the data path would refuse a configuration; null: it would not.</param>
    internal HandTable Settle(HandTable from, Configuration file, Func<Configuration, string?> check) =>
        Settle(from, file, check, [.. _orders]);

    /// <summary>None of them could be carried out.</summary>
    internal void Refuse(string why)
    {
        foreach ((int at, _) in _orders)
        {
            answers[at] = answers[at].Length > 0 ? answers[at] : why;
        }
    }

    private HandTable Settle(
        HandTable from, Configuration file, Func<Configuration, string?> check, ReadOnlySpan<(int At, HandOrder Order)> orders)
    {
        HandTable next = from;
        foreach ((int at, HandOrder order) in orders)
        {
            answers[at] = IpvsadmOrder.Wording(next.TryObey(order, file, out next)) ?? "";
        }

        if (next == from || check(next.Over(file)) is not { } why)
        {
            return next;
        }

        if (orders.Length == 1)
        {
            answers[orders[0].At] = why;
            return from;
        }

        int half = orders.Length / 2;
        return Settle(Settle(from, file, check, orders[..half]), file, check, orders[half..]);
    }
}
