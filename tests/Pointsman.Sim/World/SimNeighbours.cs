namespace Pointsman.Sim.World;

/// <summary>
/// The kernel's table of hardware addresses, by the number of the machine: filled when a question is answered, emptied
/// when nobody answers for a while. It outlives the processes.
/// </summary>
internal sealed class SimNeighbours(SimNode node)
{
    private const int QuestionsUntilLost = 3;

    private readonly int[] _unanswered =
        [.. Enumerable.Repeat(QuestionsUntilLost, node.Cluster.Site.NodeCount + node.Cluster.Site.OtherServers)];

    public int Count => _unanswered.Length;

    public bool IsKnown(int number) => _unanswered[number] < QuestionsUntilLost;

    /// <summary>Asks for all of them once more.</summary>
    public void Ask()
    {
        for (int i = 0; i < _unanswered.Length; i++)
        {
            _unanswered[i] = node.Cluster.CanReach(node, i) ? 0 : Math.Min(_unanswered[i] + 1, QuestionsUntilLost);
        }
    }

    public void Forget() => Array.Fill(_unanswered, QuestionsUntilLost);
}
