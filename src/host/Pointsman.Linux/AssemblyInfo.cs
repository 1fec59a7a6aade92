using System.Runtime.CompilerServices;

[assembly: DisableRuntimeMarshalling]
[assembly: InternalsVisibleTo("Pointsman.Bench")]
[assembly: InternalsVisibleTo("Pointsman.Linux.Tests")]
