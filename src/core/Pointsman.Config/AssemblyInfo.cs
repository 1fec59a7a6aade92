using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Pointsman.Config.Tests")]
