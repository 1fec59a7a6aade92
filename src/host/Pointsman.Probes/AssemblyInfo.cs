using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Pointsman.Probes.Tests")]
