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
