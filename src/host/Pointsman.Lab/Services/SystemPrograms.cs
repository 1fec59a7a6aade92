using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Services;

/// <summary>
/// Finds the distribution's own programs by absolute path: inside a machine PATH begins with Pointsman's directory,
/// where <c>keepalived</c> is Pointsman.
/// </summary>
internal static class SystemPrograms
{
    private static readonly string[] Directories = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

    internal static string Find(string program) =>
        Directories.Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists)
        ?? throw new LabException($"`{program}` is not installed; on Debian: apt-get install {CommandRunner.PackageOf(program) ?? program}");
}
