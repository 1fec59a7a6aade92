using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Pointsman.Lab.Tests")]
