using System.Globalization;
using Tailer.Blocks;
using Tailer.Cli.Reach;
using Tailer.Hosting;
using Tailer.Stores;

namespace Tailer.Cli.Export;

/// <summary>Rebuilds what was written under one path of one host: its sources, predecessor first, byte for byte. What is missing
/// or was altered by a rule is named on <paramref name="error"/>, with exact ranges; nothing is made up in its place.</summary>
internal sealed class FileExport(ArchiveSegments archive, BuckInventory bucks, Stream output, TextWriter error)
{
    /// <summary>Returns 0 when every byte was written that no rule took out, else 3.</summary>
    /// <param name="host">Host, as its lines claim.</param>
    /// <param name="path">Path under which the file was followed.</param>
    /// <param name="times">Only lines of this time, and what lies between them; null for all.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="FatalException">3: nobody ever described such a file.</exception>
    public async Task<int> RunAsync(string host, string path, TimeRange? times, CancellationToken cancel)
    {
        var known = new KnownSources(archive, bucks);
        IReadOnlyList<SourceDescriptor> chain = SourceChain.Order(known.All.Where(d => d.Host == host && d.Path == path));
        if (chain.Count == 0)
            throw new FatalException(ExitCode.Incomplete, Unknown(known, host, path));
        using var feed = new SourceFeed(archive, bucks);
        bool complete = true;
        foreach (SourceDescriptor source in chain)
            complete &= await WriteAsync(known, feed, source, times, cancel).ConfigureAwait(false);
        await output.FlushAsync(cancel).ConfigureAwait(false);
        return complete ? ExitCode.Ok : ExitCode.Incomplete;
    }

    private async Task<bool> WriteAsync(KnownSources known, SourceFeed feed, SourceDescriptor source, TimeRange? times, CancellationToken cancel)
    {
        Coverage expected = feed.Expected(source.Id);
        var wanted = new ByteRange(source.FirstOffset ?? 0, known.EndOf(source.Id, expected));
        if (times is { } range)
            wanted = await OffsetsOfAsync(feed, source.Id, range, cancel).ConfigureAwait(false);
        if (wanted.To <= wanted.From)
            return true;
        var altered = new Coverage();
        var assembler = new SourceAssembler(output, expected, wanted.From, wanted.To);
        await feed.ReadAsync(source.Id, (in Event e) =>
        {
            if (e.End <= wanted.From || e.Offset >= wanted.To)
                return;
            if (e.Flags.HasFlag(EventFlags.Altered))
                altered.Add(new ByteRange(e.Offset, e.End));
            assembler.Add(e.Offset, e.Bytes);
        }, assembler.Pass, cancel).ConfigureAwait(false);
        assembler.Finish();
        foreach (ByteRange part in altered)
            Say(source, part, "altered by a rule");
        bool isWhole = true;
        foreach (ByteRange missing in assembler.Missing)
            isWhole &= SayMissing(source, missing, known.SkipsOf(source.Id));
        return isWhole;
    }

    private static async Task<ByteRange> OffsetsOfAsync(SourceFeed feed, SourceId source, TimeRange times, CancellationToken cancel)
    {
        ulong from = ulong.MaxValue;
        ulong to = 0;
        await feed.ReadAsync(source, (in Event e) =>
        {
            if (!times.Contains(e.Time))
                return;
            from = Math.Min(from, e.Offset);
            to = Math.Max(to, e.End);
        }, pass: null, cancel).ConfigureAwait(false);
        return from < to ? new ByteRange(from, to) : default;
    }

    /// <summary>True when rules took out all that is missing: nothing was lost.</summary>
    private bool SayMissing(SourceDescriptor source, ByteRange missing, IReadOnlyCollection<Skip> skips)
    {
        var unexplained = new Coverage([missing]);
        bool isWanted = true;
        foreach (Skip skip in skips)
        {
            isWanted &= skip.Reason == SkipReason.DroppedByRule || !unexplained.Intersects(new ByteRange(skip.From, skip.To));
            foreach (ByteRange part in unexplained.Within(new ByteRange(skip.From, skip.To)))
                Say(source, part, skip.Reason == SkipReason.DroppedByRule ? SkipText.Of(skip.Reason) : "missing: " + SkipText.Of(skip.Reason));
            unexplained.Subtract(new ByteRange(skip.From, skip.To));
        }

        foreach (ByteRange part in unexplained)
            Say(source, part, "missing: " + SkipText.Of(SkipReason.Missing));
        return isWanted && unexplained.IsEmpty;
    }

    private void Say(SourceDescriptor source, ByteRange range, string what) =>
        error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"tailer: {source.Host} {source.Path} source {source.Id} bytes {range.From}..{range.To} {what}"));

    private static string Unknown(KnownSources known, string host, string path)
    {
        string[] paths = [.. known.All.Where(d => d.Host == host).Select(d => d.Path).Distinct()];
        if (paths.Length == 0)
        {
            string hosts = string.Join(", ", known.All.Select(d => d.Host).Distinct().Order(StringComparer.Ordinal).Take(20));
            return $"nothing is known of host '{host}'; known hosts: {(hosts.Length == 0 ? "none" : hosts)}";
        }

        string? near = NearestWord.Find(path, paths) ?? paths.FirstOrDefault(p => Path.GetFileName(p) == Path.GetFileName(path));
        return $"nothing is known of path '{path}' of host '{host}'{(near is null ? "; tailer audit lists all" : $"; did you mean '{near}'?")}";
    }
}
