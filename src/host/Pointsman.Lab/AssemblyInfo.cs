using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Pointsman.Lab.Tests")]
[assembly: InternalsVisibleTo("Pointsman.Bench")]
