using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Hosting;
using Tailer.Wire;

namespace Tailer.Agent;

/// <summary>
/// <c>tailer-agent --config FILE --try FILE [--lines N]</c>: reads the beginning of a file as the agent would, through the same reader,
/// parser and rules, and prints what would be sent. Changes nothing, and needs no buck.
/// </summary>
internal static class TryCommand
{
    private const string TryOption = "--try";
    private const string LinesOption = "--lines";
    private const int LinesDefault = 20;
    private const int LinesMax = 1_000_000;

    public static DaemonVerb<AgentOptions> Verb { get; } = new(
        new DaemonOption(TryOption, "FILE", "print what would be sent for the first lines of this file"),
        [new DaemonOption(LinesOption, "N", $"with --try: so many lines and parts of lines ({LinesDefault})")],
        (options, arguments) => Task.FromResult(Run(options, arguments)));

    private static int Run(AgentOptions options, VerbArguments arguments)
    {
        int lines = LinesDefault;
        if (arguments.ValueOf(LinesOption) is { } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out lines) || lines is 0 or > LinesMax))
            throw new FatalException(ExitCode.Usage, $"--lines is '{text}', but must be a whole number from 1 to {LinesMax}");
        string path = Path.GetFullPath(arguments.ValueOf(TryOption)!);
        if (SystemFileTree.Instance.Look(path, out FileStatus status) != FilePresence.There)
            throw new FatalException(ExitCode.Incomplete, $"{path} is not there, or its directory must not be searched");
        if (!status.IsFile)
            throw new FatalException(ExitCode.Incomplete, $"{path} is not a file");
        // Not disposed: what a full disk did not take would be tried again.
        var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), 64 * 1024);
        var printer = new TryPrinter(output, lines, HasColours);
        try
        {
            FileSet set = Choose(options, path, printer);
            Read(path, status, set, AgentOf(options, printer), printer);
        }
        finally
        {
            Flush(output);
        }
        return ExitCode.Ok;
    }

    private static bool HasColours =>
        !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";

    private static void Flush(StreamWriter output)
    {
        try
        {
            output.Flush();
        }
        catch (IOException e)
        {
            throw new FatalException(ExitCode.Unavailable, $"standard output cannot be written: {e.Message}", e);
        }
    }

    /// <summary>The source that would follow the file; where none would, says why, and takes the first.</summary>
    private static FileSet Choose(AgentOptions options, string path, TryPrinter printer)
    {
        // An archive stands for the file it was made of.
        string name = UnpackedFile.PackingOf(path) == Packing.None || options.Sources.Any(set => set.Follows(path)) ? path : path[..path.LastIndexOf('.')];
        if (options.Sources.FirstOrDefault(set => set.Follows(name)) is { } follows)
        {
            printer.Say($"{name}: as source {follows.Name}");
            return follows;
        }
        printer.Say($"{path} would not be followed:");
        foreach (FileSet set in options.Sources)
        {
            foreach (PathGlob glob in set.Include)
                printer.Say($"  {glob.Text}: {(glob.Matches(path) ? FileSet.IsPacked(path) && !FileSet.IsPacked(glob.Text) ? "does not ask for compressed files" : "matches, but 'exclude' takes it out" : "does not match")}");
        }
        printer.Say($"shown as if it were of the first source, {options.Sources[0].Name}");
        return options.Sources[0];
    }

    /// <summary>Name and allowed hosts are the credential's; without one that can be read the configuration must do.</summary>
    private static AgentName AgentOf(AgentOptions options, TryPrinter printer)
    {
        try
        {
            Credential credential = CredentialFile.Load(options.CredentialPath).Credential;
            return new AgentName(credential.Name, options.Host) { MayClaim = credential.MayClaim };
        }
        catch (CredentialFileException e)
        {
            printer.Say($"{e.Message.TrimEnd('.')}; every host a line claims is shown");
            return new AgentName(options.Host, options.Host);
        }
    }

    private static void Read(string path, FileStatus status, FileSet set, AgentName agent, TryPrinter printer)
    {
        // What a path asks for is followed as it is; an archive beside a followed file is read for what was in that.
        Packing packing = set.Follows(path) ? Packing.None : UnpackedFile.PackingOf(path);
        if (packing != Packing.None)
            printer.Say($"unpacked, as an archive of a followed file is");
        var parser = new LineParser(set.Parse, new NameCache(), new NameCache(agent.MayClaim), set.Unread);
        var source = new FollowedSource
        {
            Path = new FollowedPath(path, set, parser, agent),
            Identity = status.Identity,
            File = status.Identity,
            Incarnation = 0,
            Id = SourceDescriptor.DeriveId(SourceKind.File, agent.Name, status.Identity.Device, status.Identity.Inode, status.Identity.BirthTimeNs, 0, ""),
            Predecessor = default,
            StartedNs = status.StartedNs,
            SeenAt = path,
            Packing = packing,
        };
        var reader = new SourceReader(SystemFileTree.Instance, printer, new ReadOptions(), TimeProvider.System, NullLogger.Instance);
        ReadOutcome outcome;
        do
            outcome = reader.Read(source);
        while (outcome == ReadOutcome.More && !printer.IsFull);
        reader.Close(source);
        if (outcome == ReadOutcome.Failed)
            throw new FatalException(ExitCode.Incomplete, $"{path} {(packing == Packing.None ? "" : "cannot be unpacked, or ")}cannot be read by this user");
        if (outcome == ReadOutcome.Damaged)
            throw new FatalException(ExitCode.Incomplete, $"{path} cannot be unpacked behind {source.Position} bytes");
        if (outcome == ReadOutcome.Unfinished)
            reader.TryFlushPending(source, isLast: true);
        reader.TryEndSuppression(source, isLast: true);
        printer.Finish(source, set);
    }
}
