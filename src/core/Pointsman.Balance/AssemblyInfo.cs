using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Pointsman.Balance.Tests")]
