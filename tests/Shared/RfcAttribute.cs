namespace Pointsman.Tests;

/// <summary>The test fails when this requirement is not met. The number is that of a row in <c>docs/rfc</c>.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class RfcAttribute(string requirement) : Attribute
{
    public string Requirement { get; } = requirement;
}
