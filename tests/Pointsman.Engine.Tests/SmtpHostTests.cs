using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Health;

namespace Pointsman.Engine.Tests;

/// <summary>The old form of SMTP_CHECK: hosts in place of the real server.</summary>
public sealed class SmtpHostTests
{
    [Fact]
    public void EachHost_IsAskedByItself_InPlaceOfTheServer_WithWhatItsCheckSays()
    {
        ConfigResult read = ConfigReader.Read("f", """
            virtual_server 10.0.0.1 25 {
                delay_loop 5
                lb_algo rr
                lb_kind DR
                protocol TCP
                real_server 10.0.0.2 25 {
                    SMTP_CHECK {
                        helo_name me.example
                        retry 0
                        bindto 10.0.0.254
                        host {
                            connect_ip 10.0.0.7
                        }
                        host {
                            connect_ip 10.0.0.8
                            connect_port 2525
                            bindto 10.0.0.253
                        }
                    }
                }
            }

            """);
        Assert.True(read.Configuration is not null, string.Join('\n', read.Diagnostics));
        DirectorEngine engine = new(read.Configuration!, (_, _) => false);
        List<DirectorAction> actions = [];
        engine.Start(Instant.Zero, new Prng(1), actions);
        while (actions.OfType<DirectorAction.StartProbe>().Count() < 2)
        {
            engine.OnDeadline(engine.Deadline!.Value, actions);
        }

        DirectorAction.StartProbe[] asked = [.. actions.OfType<DirectorAction.StartProbe>().OrderBy(start => start.Probe.Request.Target.ToString(), StringComparer.Ordinal)];
        Assert.Equal(
            ["10.0.0.7:25 from 10.0.0.254 as me.example", "10.0.0.8:2525 from 10.0.0.253 as me.example"],
            asked.Select(start => $"{start.Probe.Request.Target} from {start.Probe.Request.Binding.Address} as {((CheckMethod.Smtp)start.Probe.Request.Method).HeloName}"));

        // One of them fails: the server is out.
        engine.OnProbeOutcome(engine.Deadline ?? Instant.Zero, asked[1].Probe.Id, new ProbeOutcome.Refused(), actions);
        Assert.False(engine.Health(0, 0).IsUp);
    }
}
