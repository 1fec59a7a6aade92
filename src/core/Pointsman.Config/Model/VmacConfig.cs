using Pointsman.Base;

namespace Pointsman.Config.Model;

/// <summary>The virtual router's own MAC address, as <c>vrrp_instance</c> asks for it.</summary>
public sealed record VmacConfig
{
    /// <summary><c>use_vmac</c>.</summary>
    public bool IsUsed { get; init; }

    /// <summary>What the interface that has it is called; null: <c>vmac_prefix</c> and the router id.</summary>
    public string? Name { get; init; }

    /// <summary>Null: RFC 9568's, made of the router id.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary><see cref="Mac"/> was typed with five bytes; the router id is the sixth.</summary>
    public bool EndsWithRouterId { get; init; }

    /// <summary>The kernel's group of interfaces; null: the default one.</summary>
    public uint? Group { get; init; }

    /// <summary><c>vmac_xmit_base</c>: adverts leave by the interface itself.</summary>
    public bool TransmitsFromBase { get; init; }

    /// <summary><c>use_vmac_addr</c>: so do addresses on other interfaces, or of the other family.</summary>
    public bool ForOtherAddresses { get; init; }
}
