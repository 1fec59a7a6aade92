using System.Collections.Immutable;
using static Pointsman.Config.Severity;

namespace Pointsman.Config;

/// <summary>
/// Every complaint there is. PM10xx syntax, PM11xx global, PM12xx vrrp, PM13xx virtual server, PM14xx checkers.
/// A new one comes with <c>docs/diagnostics/CODE.md</c> and a golden test.
/// </summary>
public static class DiagnosticCatalogue
{
    public static readonly DiagnosticDescriptor CannotRead =
        new("PM1000", Error, "cannot read `{0}`: {1}")
        {
            Hint = "name a file that can be read",
        };

    public static readonly DiagnosticDescriptor MissingClose =
        new("PM1001", Error, "a `}}` is missing: `{0}` is not closed");

    public static readonly DiagnosticDescriptor UnknownKeyword =
        new("PM1002", Error, "unknown keyword `{0}` {1}");

    public static readonly DiagnosticDescriptor NotSupportedYet =
        new("PM1003", Error, "keyword `{0}` of keepalived is not supported yet")
        {
            Hint = "remove it, or keep using keepalived for this node until it is supported",
        };

    public static readonly DiagnosticDescriptor WrongBlock =
        new("PM1004", Error, "`{0}` is not supported {1}");

    public static readonly DiagnosticDescriptor UnexpectedClose =
        new("PM1005", Error, "this `}}` closes nothing")
        {
            Hint = "remove it, or the one above that closes a block too early",
        };

    public static readonly DiagnosticDescriptor UnexpectedOpen =
        new("PM1006", Error, "this `{{` has no keyword before it")
        {
            Hint = "type the keyword of the block before it",
        };

    public static readonly DiagnosticDescriptor MissingQuote =
        new("PM1007", Error, "a double quote is not closed");

    public static readonly DiagnosticDescriptor MissingArgument =
        new("PM1008", Error, "`{0}` needs {1}")
        {
            Hint = "type it after the keyword, on the same line",
        };

    public static readonly DiagnosticDescriptor ExtraArgument =
        new("PM1009", Warning, "`{0}` is ignored: `{1}` takes {2}")
        {
            Hint = "remove it; if it is a remark, put `#` before it",
        };

    public static readonly DiagnosticDescriptor TwoStatements =
        new("PM1010", Error, "two statements on one line: `{0}` and `{1}`");

    public static readonly DiagnosticDescriptor WrongArgument =
        new("PM1011", Error, "`{0}` is not {1}");

    public static readonly DiagnosticDescriptor OutOfRange =
        new("PM1012", Error, "`{0} {1}` is outside the range {2}");

    public static readonly DiagnosticDescriptor BlockNeeded =
        new("PM1014", Error, "`{0}` needs a block `{{ ... }}`");

    public static readonly DiagnosticDescriptor BlockNotExpected =
        new("PM1015", Error, "`{0}` takes no block")
        {
            Hint = "type the value after the keyword, without braces",
        };

    public static readonly DiagnosticDescriptor GivenTwice =
        new("PM1016", Warning, "`{0}` is given twice: the last one counts")
        {
            Hint = "remove one of the two",
        };

    public static readonly DiagnosticDescriptor CommentInsideWord =
        new("PM1019", Warning, "`{0}` begins a comment in the middle of a word");

    public static readonly DiagnosticDescriptor OldName =
        new("PM1020", Warning, "`{0}` is an old name of `{1}`");

    public static readonly DiagnosticDescriptor Obsolete =
        new("PM1021", Warning, "`{0}` has no effect: {1}")
        {
            Hint = "remove the line",
        };

    public static readonly DiagnosticDescriptor NoEffectYet =
        new("PM1022", Warning, "`{0}` is accepted, but has no effect here yet: {1}")
        {
            Hint = "the line may stay",
        };

    public static readonly DiagnosticDescriptor StrangeBlank =
        new("PM1023", Error, "the invisible character {0}");

    public static readonly DiagnosticDescriptor DefinedTwice =
        new("PM1024", Error, "`{0}` is defined twice")
        {
            Hint = "give one of them another name",
        };

    public static readonly DiagnosticDescriptor NothingConfigured =
        new("PM1026", Warning, "nothing to do: there is no `vrrp_instance` and no `virtual_server`")
        {
            Hint = "name another file with -f, if this is the wrong one",
        };

    public static readonly DiagnosticDescriptor TooManyComplaints =
        new("PM1027", Warning, "{0} more complaints are not shown")
        {
            Hint = "mend the first ones, and check again",
        };

    public static readonly DiagnosticDescriptor UnreadableCharacter =
        new("PM1028", Error, "a character here cannot be read: the file is not UTF-8")
        {
            Hint = "save the file as UTF-8, or type the character again",
        };

    public static readonly DiagnosticDescriptor IncludeSkipped =
        new("PM1029", Warning, "`{0}` is not included: {1}")
        {
            Hint = "name a file that can be read, or remove the line",
        };

    public static readonly DiagnosticDescriptor IncludeFailed =
        new("PM1030", Error, "`{0}` cannot be included: {1}, and `{2}` asks for it")
        {
            Hint = "name a file that can be read; `include` goes on without it",
        };

    public static readonly DiagnosticDescriptor IncludeLoop =
        new("PM1031", Error, "`{0}` includes itself")
        {
            Hint = "remove the line",
        };

    public static readonly DiagnosticDescriptor TooManyIncludes =
        new("PM1032", Error, "`{0}` is not included: {1}")
        {
            Hint = "put the text of some files into one",
        };

    public static readonly DiagnosticDescriptor IncludeInsideLine =
        new("PM1033", Error, "`{0}` does not begin its line")
        {
            Hint = "put it on a line of its own",
        };

    public static readonly DiagnosticDescriptor DefinitionForm =
        new("PM1034", Error, "`{0}` is not a definition")
        {
            Hint = "type `$NAME=VALUE` without a blank before `=`; a name has letters, digits and `_`, and begins with no digit",
        };

    public static readonly DiagnosticDescriptor UndefinedName =
        new("PM1035", Error, "`{0}` is not defined")
        {
            Hint = "define it above this line: `$NAME=VALUE`",
        };

    public static readonly DiagnosticDescriptor ReferenceKept =
        new("PM1036", Warning, "`{0}` stays as it is typed");

    public static readonly DiagnosticDescriptor EndlessExpansion =
        new("PM1037", Error, "`{0}` stands for itself, again and again")
        {
            Hint = "let no definition hold its own name",
        };

    public static readonly DiagnosticDescriptor ExpansionTooLarge =
        new("PM1038", Error, "what definitions and sequences write from here on is too much")
        {
            Hint = "repeat less, or put several files in its place",
        };

    public static readonly DiagnosticDescriptor SequenceForm =
        new("PM1039", Error, "`{0}` is not a sequence");

    public static readonly DiagnosticDescriptor LineContinued =
        new("PM1040", Error, "a `\\` at the end of a line continues a definition only")
        {
            Hint = "put the whole statement on one line",
        };

    public static readonly DiagnosticDescriptor NoValue =
        new("PM1041", Error, "`{0}` has no value here: {1}")
        {
            Hint = "type the value itself",
        };

    public static readonly DiagnosticDescriptor ConditionAlone =
        new("PM1042", Warning, "`{0}` is followed by nothing")
        {
            Hint = "put the statement behind it, on the same line",
        };

    public static readonly DiagnosticDescriptor TextAfterLines =
        new("PM1043", Error, "`{0}` stands for several lines: nothing may follow it")
        {
            Hint = "put what follows on a line of its own",
        };

    public static readonly DiagnosticDescriptor DirectiveBehindLine =
        new("PM1044", Error, "`#pointsman: {0}` is lost behind a line that is not taken as it stands")
        {
            Hint = "put it on a line of its own",
        };

    public static readonly DiagnosticDescriptor LoginInClear =
        new("PM1102", Error, "`#pointsman: smtp_login` would send the password in clear text")
        {
            Hint = "add `#pointsman: smtp_tls starttls`, or `implicit` for port 465",
        };

    public static readonly DiagnosticDescriptor MissingSetting =
        new("PM1201", Error, "`{0}` has no `{1}`");

    public static readonly DiagnosticDescriptor PriorityAssumed =
        new("PM1202", Warning, "`state MASTER` without `priority`: the priority is 255");

    public static readonly DiagnosticDescriptor PasswordCut =
        new("PM1203", Warning, "`auth_pass` is {0} bytes long, of which eight count");

    public static readonly DiagnosticDescriptor AdvertIntervalRounded =
        new("PM1204", Warning, "`advert_int {0}` counts as {1}: {2}");

    public static readonly DiagnosticDescriptor RouterIdTaken =
        new("PM1205", Error, "`virtual_router_id {0}` is already used on `{1}`, by `{2}`");

    public static readonly DiagnosticDescriptor UnknownInstance =
        new("PM1206", Error, "there is no `vrrp_instance {0}`")
        {
            Hint = "define it, or remove the line",
        };

    public static readonly DiagnosticDescriptor UnknownScript =
        new("PM1207", Error, "there is no `vrrp_script {0}`")
        {
            Hint = "define it, or remove the line",
        };

    public static readonly DiagnosticDescriptor PreemptionWithoutEffect =
        new("PM1208", Warning, "`{0}` has no effect with `{1}`");

    public static readonly DiagnosticDescriptor NoVirtualAddress =
        new("PM1209", Warning, "`{0}` has no `virtual_ipaddress`: it is elected for nothing");

    public static readonly DiagnosticDescriptor AddressTwice =
        new("PM1210", Warning, "the virtual address `{0}` is given twice")
        {
            Hint = "give each address once, in one instance",
        };

    public static readonly DiagnosticDescriptor AuthenticationIncomplete =
        new("PM1211", Warning, "`{0}` without `{1}`: there is no authentication");

    public static readonly DiagnosticDescriptor GroupTooSmall =
        new("PM1212", Warning, "`{0}` has fewer than two instances: there is nothing to keep together")
        {
            Hint = "add the other instances, or remove the group",
        };

    public static readonly DiagnosticDescriptor InstanceInTwoGroups =
        new("PM1213", Error, "`{0}` is already in `vrrp_sync_group {1}`")
        {
            Hint = "put all that belong together into one group",
        };

    public static readonly DiagnosticDescriptor ScriptNotTracked =
        new("PM1214", Warning, "no instance tracks `vrrp_script {0}`: it never runs");

    public static readonly DiagnosticDescriptor TooManyAddresses =
        new("PM1215", Error, "`{0}` has {1} virtual addresses: an advert holds {2}");

    public static readonly DiagnosticDescriptor ScriptRunsAsRoot =
        new("PM1216", Warning, "`vrrp_script {0}` runs as root");

    public static readonly DiagnosticDescriptor WeightIgnored =
        new("PM1217", Warning, "the weight of `{0}` has no effect: {1}")
        {
            Hint = "type `weight 0`: then its failure is a fault of the instance",
        };

    public static readonly DiagnosticDescriptor UnknownTracked =
        new("PM1231", Error, "there is no `{0} {1}`")
        {
            Hint = "define it, or remove the line",
        };

    public static readonly DiagnosticDescriptor NotifyScriptsRunAsRoot =
        new("PM1230", Warning, "the notify script `{0}` runs as root where there is no user `keepalived_script`");

    public static readonly DiagnosticDescriptor OtherFamily =
        new("PM1240", Error, "`{0}` is an {1} address in an instance of {2}");

    public static readonly DiagnosticDescriptor Version2OverIpv6 =
        new("PM1241", Warning, "`version 2` counts as 3: over IPv6 there is no other");

    public static readonly DiagnosticDescriptor NoAuthenticationInVersion3 =
        new("PM1242", Warning, "`authentication` has no effect: VRRP version 3 has none");

    public static readonly DiagnosticDescriptor NoUnicastPeer =
        new("PM1243", Warning, "`unicast_peer` names nobody: adverts go to the multicast group");

    public static readonly DiagnosticDescriptor VmacTaken =
        new("PM1244", Error, "{0} is already used, by `{1}`");

    public static readonly DiagnosticDescriptor RuleWithoutPreference =
        new("PM1245", Warning, "a rule without a preference: it gets {0}");

    public static readonly DiagnosticDescriptor IgnoredInStrictMode =
        new("PM1246", Warning, "`{0}` does not count in strict mode: {1}")
        {
            Hint = "remove the line, or `strict_mode off`",
        };

    public static readonly DiagnosticDescriptor ForbiddenInStrictMode =
        new("PM1247", Error, "`{0}` cannot be in strict mode: {1}")
        {
            Hint = "remove it, or type `strict_mode off`",
        };

    public static readonly DiagnosticDescriptor DeafAddresses =
        new("PM1248", Warning, "the virtual addresses of `{0}` answer nobody: `{1}`");

    public static readonly DiagnosticDescriptor LoopbackInterface =
        new("PM1249", Error, "`{0}` speaks VRRP on `lo`, where nobody else hears it")
        {
            Hint = "type the interface that faces the other node, such as `interface eth0`",
        };

    public static readonly DiagnosticDescriptor ProtocolMissing =
        new("PM1301", Warning, "`{0}` has no `protocol`: UDP is used");

    public static readonly DiagnosticDescriptor KindMissing =
        new("PM1302", Warning, "`{0}` has no `lb_kind`: NAT is used");

    public static readonly DiagnosticDescriptor AlgorithmMissing =
        new("PM1303", Warning, "`{0}` has no `lb_algo`: wlc is used");

    public static readonly DiagnosticDescriptor PortReset =
        new("PM1304", Warning, "port {0} of the real server counts as {1}: direct routing cannot change ports");

    public static readonly DiagnosticDescriptor RealServerTwice =
        new("PM1305", Warning, "`real_server {0}` is given twice: the second is dropped")
        {
            Hint = "remove one of them; a higher `weight` gives a server a larger share",
        };

    public static readonly DiagnosticDescriptor VirtualServerTwice =
        new("PM1306", Error, "`virtual_server {0}` is given twice");

    public static readonly DiagnosticDescriptor NoRealServer =
        new("PM1307", Warning, "`{0}` has no `real_server`: it is ignored");

    public static readonly DiagnosticDescriptor PersistenceOff =
        new("PM1308", Warning, "`persistence_timeout 0` means no persistence");

    public static readonly DiagnosticDescriptor UnknownVirtualGroup =
        new("PM1341", Error, "there is no `virtual_server_group {0}`");

    public static readonly DiagnosticDescriptor UnusedVirtualGroup =
        new("PM1342", Warning, "no `virtual_server` serves the addresses of `virtual_server_group {0}`")
        {
            Hint = "add a `virtual_server group NAME { ... }`, or remove the block",
        };

    public static readonly DiagnosticDescriptor EmptyVirtualGroup =
        new("PM1343", Error, "`virtual_server_group {0}` has no address")
        {
            Hint = "type a line `ADDRESS PORT` for each, or `FIRST-LAST PORT`",
        };

    public static readonly DiagnosticDescriptor CheckWithoutPort =
        new("PM1344", Error, "this check has no port to ask: {0}")
        {
            Hint = "type `connect_port`, or a port behind the address of the `real_server`",
        };

    public static readonly DiagnosticDescriptor PortOfAllPorts =
        new("PM1345", Warning, "port {0} of the `{1}` changes nothing for clients: its virtual server has all ports");

    public static readonly DiagnosticDescriptor AllPortsPersistent =
        new("PM1346", Warning, "`{0}` has all ports and no `persistence_timeout`: 360 is used");

    public static readonly DiagnosticDescriptor FullNatImpossible =
        new("PM1347", Error, "`full_nat` cannot be here: {0}");

    public static readonly DiagnosticDescriptor AddressNotHeld =
        new("PM1310", Warning, "no `vrrp_instance` holds the address {0} of this virtual server");

    public static readonly DiagnosticDescriptor GranularityAlone =
        new("PM1311", Warning, "`persistence_granularity` has no effect without `persistence_timeout`")
        {
            Hint = "add `persistence_timeout` with the seconds a client keeps its real server",
        };

    public static readonly DiagnosticDescriptor EngineAlone =
        new("PM1312", Warning, "`persistence_engine` has no effect without `persistence_timeout`")
        {
            Hint = "add `persistence_timeout` with the seconds a client keeps its real server",
        };

    public static readonly DiagnosticDescriptor EngineWithoutDatagrams =
        new("PM1313", Warning, "`persistence_engine sip` reads datagrams: with `protocol {0}` no connection begins")
        {
            Hint = "type `protocol UDP`; or remove the line, and clients are known by their address",
        };

    public static readonly DiagnosticDescriptor FlagWithoutScheduler =
        new("PM1321", Warning, "`{0}` has no effect with `lb_algo {1}`");

    public static readonly DiagnosticDescriptor ThresholdsCrossed =
        new("PM1322", Error, "`lthreshold {0}` is above `uthreshold {1}`")
        {
            Hint = "a server that is full recovers when it has fewer connections than `lthreshold`, so type less than `uthreshold`",
        };

    public static readonly DiagnosticDescriptor OnePacketWithoutDatagrams =
        new("PM1323", Warning, "`ops` has no effect with `protocol {0}`")
        {
            Hint = "remove the line: the packets of a connection belong to one server",
        };

    public static readonly DiagnosticDescriptor OnePacketByNat =
        new("PM1324", Error, "`ops` cannot be used with NAT: nobody remembers which client an answer is for")
        {
            Hint = "use `lb_kind DR`, which has the real servers answer past this node; or remove the line",
        };

    public static readonly DiagnosticDescriptor NeverChecked =
        new("PM1401", Warning, "`{0}` has no checker: it stays in service even when it is dead");

    public static readonly DiagnosticDescriptor RegexMissing =
        new("PM1402", Warning, "`{0}` has no effect without `regex`")
        {
            Hint = "add the `regex` it belongs to, or remove the line",
        };

    public static readonly DiagnosticDescriptor OffsetsCross =
        new("PM1403", Error, "a match may begin at byte {0} at most, but is searched for from byte {1} on")
        {
            Hint = "type a `regex_max_offset` that is not below `regex_min_offset`",
        };

    public static readonly DiagnosticDescriptor ReplyLengthsCross =
        new("PM1404", Error, "an answer of {0} bytes at most cannot have {1} at least")
        {
            Hint = "type a `max_reply_length` that is not below `min_reply_length`",
        };

    public static readonly DiagnosticDescriptor QuorumTooHigh =
        new("PM1331", Warning, "a quorum of {0} is never reached: the real servers weigh {1} together");

    public static readonly DiagnosticDescriptor HysteresisTooHigh =
        new("PM1332", Warning, "a hysteresis of {0} is not below the quorum of {1}: it would never be lost");

    public static readonly DiagnosticDescriptor FamiliesMixed =
        new("PM1325", Error, "`{0}` is an {1} address, `{2}` is not");

    public static readonly DiagnosticDescriptor SmtpHostForm =
        new("PM1410", Warning, "`host` is the old form of `SMTP_CHECK`")
        {
            Hint = "works as before; type an `SMTP_CHECK` with `connect_ip` for each host",
        };

    public static ImmutableArray<DiagnosticDescriptor> All { get; } =
    [
        CannotRead, MissingClose, UnknownKeyword, NotSupportedYet, WrongBlock, UnexpectedClose, UnexpectedOpen,
        MissingQuote, MissingArgument, ExtraArgument, TwoStatements, WrongArgument, OutOfRange,
        BlockNeeded, BlockNotExpected, GivenTwice, CommentInsideWord,
        OldName, Obsolete, NoEffectYet, StrangeBlank, DefinedTwice, NothingConfigured,
        TooManyComplaints, UnreadableCharacter,
        IncludeSkipped, IncludeFailed, IncludeLoop, TooManyIncludes, IncludeInsideLine,
        DefinitionForm, UndefinedName, ReferenceKept, EndlessExpansion, ExpansionTooLarge, SequenceForm, LineContinued,
        NoValue, ConditionAlone, TextAfterLines, DirectiveBehindLine,
        LoginInClear,
        MissingSetting, PriorityAssumed, PasswordCut, AdvertIntervalRounded, RouterIdTaken, UnknownInstance,
        UnknownScript, PreemptionWithoutEffect, NoVirtualAddress, AddressTwice, AuthenticationIncomplete, GroupTooSmall,
        InstanceInTwoGroups, ScriptNotTracked, TooManyAddresses, ScriptRunsAsRoot,
        WeightIgnored, NotifyScriptsRunAsRoot, UnknownTracked, OtherFamily, Version2OverIpv6, NoAuthenticationInVersion3, NoUnicastPeer, VmacTaken, LoopbackInterface, RuleWithoutPreference, IgnoredInStrictMode, ForbiddenInStrictMode,
        DeafAddresses,
        ProtocolMissing, KindMissing, AlgorithmMissing, PortReset, RealServerTwice, VirtualServerTwice, NoRealServer,
        PersistenceOff, UnknownVirtualGroup, UnusedVirtualGroup, EmptyVirtualGroup, CheckWithoutPort, PortOfAllPorts, AllPortsPersistent, FullNatImpossible, AddressNotHeld, GranularityAlone, EngineAlone, EngineWithoutDatagrams,
        FlagWithoutScheduler, ThresholdsCrossed, OnePacketWithoutDatagrams, OnePacketByNat, FamiliesMixed, QuorumTooHigh, HysteresisTooHigh,
        NeverChecked, RegexMissing, OffsetsCross, ReplyLengthsCross,
        SmtpHostForm,
    ];
}
