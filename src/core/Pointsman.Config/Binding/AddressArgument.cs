using System.Numerics;
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

        if (isNetmask && !IsNetmask(address.V4Bits))
        {
            return ArgumentReader.ReportWrong(word, argument.Description, sink, "its ones must come before its zeros");
        }

        value = new ArgumentValue { Address = address, Number = isNetmask ? BitOperations.PopCount(address.V4Bits) : 0, TakenCount = 1 };
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

    private static bool IsNetmask(uint bits) => BitOperations.LeadingZeroCount(~bits) == BitOperations.PopCount(bits);
}
