using System.Globalization;
using Pointsman.Linux.Processes;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>One process of a whole director hangs, and the other lives.</summary>
public sealed class HangTests : IDisposable
{
    private readonly Network _network = Network.Create();
    private readonly string _machine;

    public HangTests() => _machine = _network.AddMachine(1);

    public void Dispose() => _network.Dispose();

    [Fact]
    public void ControlProcessHangs_StandbyTakesOver_ItGoesOn_AndIsMasterAgain()
    {
        using Keepalived director = Start(_machine, priority: 150);
        using Keepalived standby = Start(_network.AddMachine(2), priority: 100);
        director.Expect("Entering MASTER STATE");
        standby.Expect("Entering BACKUP STATE");
        Node.WaitUntil(() => director.HasVip && !standby.HasVip, () => director.Log);

        ProcessControl.TrySignal(director.ProcessId, Signal.Stop);
        WaitLong(() => standby.HasVip && !director.HasVip, () => standby.Log);

        ProcessControl.TrySignal(director.ProcessId, Signal.Continue);
        director.Expect("the control process has said nothing for too long");
        Node.WaitUntil(() => director.HasVip && !standby.HasVip, () => director.Log);
        director.Stop();
        standby.Stop();
    }

    [Fact]
    public void RoleHangs_IsToldOf_AndAnotherTakesItsPlace()
    {
        using Keepalived director = Start(_machine, priority: 150);
        director.Expect("Entering MASTER STATE");
        Node.WaitUntil(() => File.Exists(director.VrrpPidFile), () => director.Log);
        int role = int.Parse(File.ReadAllText(director.VrrpPidFile), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);

        ProcessControl.TrySignal(role, Signal.Stop);
        director.Expect($"VRRP child process {role} has not answered");
        string status = Network.Command(Path.Combine(Path.GetDirectoryName(Keepalived.Ours)!, "pointsman"), $"status --run-dir /run/pointsman/{_machine}");
        Assert.Contains("does not answer", status, StringComparison.Ordinal);
        Assert.Contains("UNKNOWN", status, StringComparison.Ordinal);

        WaitLong(() => director.Log.Contains($"VRRP child process {role} hangs and is killed", StringComparison.Ordinal), () => director.Log);
        director.Expect("Entering MASTER STATE", times: 2);
        Node.WaitUntil(() => director.HasVip, () => director.Log);
        director.Stop();
    }

    private static Keepalived Start(string machine, int priority) => new(
        machine, $"instance {machine}\n" + Keepalived.Instance("VI_1", 51, priority, "version 3\nadvert_int 0.5", Network.Vip), Keepalived.Ours);

    // Both are given half a minute before they count as hung.
    private static void WaitLong(Func<bool> isSo, Func<string> complaint)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.True(waited.Elapsed < 3 * Node.Patience, complaint());
            Thread.Sleep(100);
        }
    }
}
