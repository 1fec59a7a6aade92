namespace Pointsman.VirtualRouter.Tests;

/// <summary>A daemon that is told to stop leaves nothing on its host, however long its instances wait for a successor.</summary>
public sealed class PlannedStopTests : IDisposable
{
    private readonly Network _network = Network.Create();
    private readonly string _machine;

    public PlannedStopTests() => _machine = _network.AddMachine(1);

    public void Dispose() => _network.Dispose();

    // Version 3 waits for a successor as long as an interval: longer than any role takes that is not told to wait.
    [Fact]
    public void LongInterval_NobodyStandsUp_AddressIsGoneWhenTheDaemonIs()
    {
        using Keepalived director = Start(interval: 8);
        director.Stop();
        Assert.False(director.HasVip, director.Log);
        Assert.DoesNotContain("was killed", director.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void RoleHangs_IsKilled_AndWhatItHeldIsRemoved()
    {
        using Keepalived director = Start(interval: 1);
        Network.Command("kill", $"-STOP {File.ReadAllText(director.VrrpPidFile).Trim()}");
        director.Stop();
        director.Expect("was killed: what it had set on this host was removed");
        Assert.False(director.HasVip, director.Log);
    }

    // Version 3 serves on for a successor as long as an interval.
    [Fact]
    public void FileWithoutVrrp_RoleWaitsForItsSuccessor_AndTheDaemonDoesNot()
    {
        using Keepalived director = Start(interval: 40);
        director.Reload(WithoutVrrp);
        director.Expect("takes its leave");
        Assert.Contains("VRRP VI_1  LEAVING", Status(), StringComparison.Ordinal);
        Assert.True(director.HasVip, director.Log);
        Assert.DoesNotContain("Reload complete", director.Log, StringComparison.Ordinal);

        using var successor = new Speaker(_network.AddMachine(2), "10.9.0.2");
        successor.Say(priority: 100, interval: TimeSpan.FromSeconds(40));
        director.Expect("Reload complete");
        Assert.False(director.HasVip, director.Log);
        Assert.DoesNotContain("VI_1", Status(), StringComparison.Ordinal);
        director.Stop();
    }

    [Fact]
    public void FileWithoutVrrp_RoleHangs_IsKilled_AndWhatItHeldIsRemoved()
    {
        using Keepalived director = Start(interval: 1);
        Network.Command("kill", $"-STOP {File.ReadAllText(director.VrrpPidFile).Trim()}");
        director.Reload(WithoutVrrp);
        director.Expect("hangs and is killed");
        director.Expect("Reload complete");
        Assert.False(director.HasVip, director.Log);
        director.Reload(WithoutVrrp + Keepalived.Instance("VI_1", 51, 255, "version 3\nadvert_int 0.2", Network.Vip));
        Node.WaitUntil(() => director.HasVip, () => director.Log);
        director.Stop();
    }

    // The role is told of a second stop, and the file that waited is not applied any more.
    [Fact]
    public void FileWithoutVrrp_DaemonIsStoppedMeanwhile_Ends()
    {
        using Keepalived director = Start(interval: 8);
        director.Reload(WithoutVrrp);
        director.Expect("takes its leave");
        director.Stop();
        Assert.False(director.HasVip, director.Log);
        Assert.DoesNotContain("Reload complete", director.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("was killed", director.Log, StringComparison.Ordinal);
    }

    private string WithoutVrrp => $"instance {_machine}\nglobal_defs {{\n}}\n";

    private string Status() => Network.Command(
        Path.Combine(Path.GetDirectoryName(Keepalived.Ours)!, "pointsman"), $"status --run-dir /run/pointsman/{_machine}");

    private Keepalived Start(int interval)
    {
        // The owner of the address does not wait before it is master.
        var director = new Keepalived(_machine, $$"""
            instance {{_machine}}
            vrrp_instance VI_1 {
                interface eth0
                virtual_router_id 51
                priority 255
                version 3
                advert_int {{interval}}
                virtual_ipaddress {
                    {{Network.Vip}}
                }
            }
            """, Keepalived.Ours);
        Node.WaitUntil(() => director.HasVip && File.Exists(director.VrrpPidFile), () => director.Log);
        return director;
    }
}
