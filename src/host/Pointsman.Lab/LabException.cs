namespace Pointsman.Lab;

/// <summary>What the lab could not do, worded for the operator who typed the command.</summary>
public sealed class LabException(string message) : Exception(message);
