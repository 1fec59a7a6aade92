using Pointsman.Base;

namespace Pointsman.App.Ipvsadm;

/// <summary>How the listings write an address with its port.</summary>
internal abstract class EndpointNames
{
    /// <summary><c>-n</c>.</summary>
    internal static EndpointNames Numeric { get; } = new NumericNames();

    internal static EndpointNames Resolved(Func<IpAddress, string?> hosts, ServiceNames services) =>
        new ResolvedNames(hosts, services);

    internal abstract string Format(TransportEndpoint endpoint, TransportProtocol protocol);

    private sealed class NumericNames : EndpointNames
    {
        internal override string Format(TransportEndpoint endpoint, TransportProtocol protocol) => endpoint.ToString();
    }

    private sealed class ResolvedNames(Func<IpAddress, string?> hosts, ServiceNames services) : EndpointNames
    {
        internal override string Format(TransportEndpoint endpoint, TransportProtocol protocol)
        {
            string host = hosts(endpoint.Address) ?? endpoint.Address.ToString();
            string port = services.NameOf(endpoint.Port, protocol)
                ?? endpoint.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return endpoint.Address.IsV4 ? $"{host}:{port}" : $"[{host}]:{port}";
        }
    }
}
