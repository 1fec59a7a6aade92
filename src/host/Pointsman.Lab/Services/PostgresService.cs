using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Services;

/// <summary>Debian's PostgreSQL with a database of its own in memory; <c>show cluster_name</c> answers the machine's name.</summary>
internal static class PostgresService
{
    private const string Data = "/var/lib/postgresql/data";
    private const string Log = "/var/log/postgresql.log";

    private static readonly TimeSpan MakeLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    internal static void Start(Machine machine)
    {
        string programs = ProgramDirectory();
        machine.RunChecked(
            ["bash", "-c", "mkdir -p /run/postgresql && chown postgres: /run/postgresql /var/lib/postgresql"]);
        if (!machine.Run(["test", "-e", Data]).Succeeded)
        {
            machine.RunChecked(
                ["runuser", "-u", "postgres", "--", Path.Combine(programs, "initdb"), "--pgdata", Data, "--no-sync", "--auth", "trust",
                 "--locale", "C", "--encoding", "UTF8"],
                limit: MakeLimit);
            machine.RunChecked(["tee", "--append", Data + "/pg_hba.conf"], input: "host all all 0.0.0.0/0 trust\n");
        }

        machine.StartService(
            "postgres",
            ["runuser", "-u", "postgres", "--", Path.Combine(programs, "postgres"), "-D", Data,
             "-c", "listen_addresses=*", "-c", "port=5432", "-c", "cluster_name=" + machine.Name, "-c", "fsync=off"],
            Log);
        if (Poll.Until(StartLimit, () => Answers(machine)) is null)
        {
            throw new LabException($"postgres on {machine.Name} does not answer: {machine.Run(["tail", "-n", "5", Log]).Output}");
        }
    }

    private static bool Answers(Machine machine) =>
        machine.ListensOn(5432) && machine.Run(["psql", "-h", "127.0.0.1", "-U", "postgres", "-Atc", "select 1"]).Succeeded;

    private static string ProgramDirectory()
    {
        const string Installed = "/usr/lib/postgresql";
        string? newest = Directory.Exists(Installed)
            ? Directory.EnumerateDirectories(Installed)
                .Where(directory => File.Exists(Path.Combine(directory, "bin", "initdb")))
                .OrderBy(directory => int.TryParse(Path.GetFileName(directory), out int version) ? version : 0)
                .LastOrDefault()
            : null;
        return newest is null
            ? throw new LabException("PostgreSQL is not installed; on Debian: apt-get install postgresql")
            : Path.Combine(newest, "bin");
    }
}
