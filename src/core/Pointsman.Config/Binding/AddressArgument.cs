using Pointsman.Base;
using Pointsman.Config.Grammar;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>An address, or a netmask or prefix whose length becomes the number.</summary>
internal static class AddressArgument
{
    public static bool TryRead(Argument argument, Word word, DiagnosticSink sink, out ArgumentValue value)
    {
        value = new ArgumentValue();
        if (argument.Maximum > 0 && NumberArgument.TryParse(word.Text, isWhole: true, out decimal length)
            && length >= argument.Minimum && length <= argument.Maximum)
        {
            value = new ArgumentValue { Number = length, TakenCount = 1 };
            return true;
        }

        if (!IpAddress.TryParse(word.Text, out IpAddress address))
        {
            return ArgumentReader.ReportWrong(word, argument.Description, sink);
        }

        bool isNetmask = argument.Kind == ArgumentKind.Netmask;
        if (!IsUsable(argument, address, word, sink))
        {
            return false;
        }

        V4Mask mask = isNetmask ? V4Mask.FromBits(address.V4Bits) : default;
        value = new ArgumentValue { Address = address, Number = mask.Length, Gaps = mask.Gaps, TakenCount = 1 };
        return true;
    }

    private static bool IsUsable(Argument argument, IpAddress address, Word word, DiagnosticSink sink)
    {
        if (argument.IsMulticast)
        {
            return address.IsMulticast || ArgumentReader.ReportWrong(word, argument.Description, sink);
        }

        if (argument.Kind == ArgumentKind.Netmask)
        {
            return address.IsV4 || ArgumentReader.ReportWrong(word, argument.Description, sink);
        }

        return ArgumentReader.IsHostAddress(address, word, sink);
    }
}
