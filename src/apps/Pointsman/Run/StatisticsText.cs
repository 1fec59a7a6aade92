using System.Globalization;
using System.Text;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.App.Run;

/// <summary>What instances have counted, as keepalived writes it into <c>/tmp/keepalived.stats</c>.</summary>
internal static class StatisticsText
{
    internal static string Of(IEnumerable<InstanceSnapshot> instances)
    {
        var text = new StringBuilder();
        foreach (InstanceSnapshot instance in instances)
        {
            text.Append(CultureInfo.InvariantCulture, $"""
                VRRP Instance: {instance.Name}
                  Advertisements:
                    Received: {instance.AdvertsReceived}
                    Sent: {instance.AdvertsSent}
                  Became master: {instance.BecameMaster}
                  Released master: {instance.ReleasedMaster}
                  Packet Errors:
                    Length: {Discarded(instance, VrrpDiscardReason.TooShort, VrrpDiscardReason.Length)}
                    TTL: {Discarded(instance, VrrpDiscardReason.TimeToLive)}
                    Invalid Type: {Discarded(instance, VrrpDiscardReason.Type)}
                    Advertisement Interval: {Discarded(instance, VrrpDiscardReason.AdvertInterval) + instance.IntervalMismatches}
                    Address List: {Discarded(instance, VrrpDiscardReason.NoAddress) + instance.AddressListMismatches}
                  Authentication Errors:
                    Invalid Type: {Discarded(instance, VrrpDiscardReason.AuthType)}
                    Type Mismatch: {Discarded(instance, VrrpDiscardReason.AuthTypeMismatch, VrrpDiscardReason.AuthHeader)}
                    Failure: {Discarded(instance, VrrpDiscardReason.AuthFailure, VrrpDiscardReason.AuthSender, VrrpDiscardReason.AuthReplay)}
                  Priority Zero:
                    Received: {instance.PriorityZeroReceived}
                    Sent: {instance.PriorityZeroSent}

                """);
        }

        return text.ToString();
    }

    private static long Discarded(InstanceSnapshot instance, params ReadOnlySpan<VrrpDiscardReason> reasons)
    {
        long count = 0;
        foreach (DiscardCount discarded in instance.Discarded)
        {
            count += reasons.Contains(discarded.Reason) ? discarded.Count : 0;
        }

        return count;
    }
}
