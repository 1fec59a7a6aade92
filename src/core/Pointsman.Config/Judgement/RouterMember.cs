using Pointsman.Config.Model;

namespace Pointsman.Config.Judgement;

/// <summary>One node's part in a virtual router.</summary>
internal sealed record RouterMember(JudgedNode Node, VrrpInstanceConfig Instance);
