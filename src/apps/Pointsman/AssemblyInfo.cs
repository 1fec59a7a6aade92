using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Pointsman.App.Tests")]
