namespace Pointsman.Config.Grammar;

/// <summary>What follows a keyword.</summary>
internal enum ArgumentKind
{
    Nothing,
    Boolean,
    Number,
    Weight,
    Seconds,
    OptionalSeconds,
    Text,
    Texts,
    Interface,
    Choice,
    Address,
    Endpoint,
    Netmask,
    Host,
    UserAndGroup,
    Forwarding,
    Command,
}
