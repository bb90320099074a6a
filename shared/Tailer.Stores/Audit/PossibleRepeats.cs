using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>
/// Files of which bytes may be held twice, because an agent's state was lost and what it read again has another id: it had been truncated, so that the lost
/// state counted its incarnations, or its file system does not say when files were born. From manifests alone.
/// </summary>
internal static class PossibleRepeats
{
    private const ulong NsPerUnit = 1_000_000_000 / LogTime.PerSecond;

    /// <param name="manifests">All of one agent.</param>
    public static IReadOnlySet<(string Host, string Path)> Find(IEnumerable<Manifest> manifests)
    {
        var repeated = new HashSet<(string, string)>();
        var known = new Dictionary<SourceId, SourceDescriptor>();
        KnownBefore? before = null;
        ulong lostAt = 0;
        ulong saidUntil = 0;
        // A manifest is sealed at the end of its bucket; of two in one, the new life's is the later one.
        foreach (Manifest manifest in manifests.OrderBy(m => m.SealedTime).ThenBy(m => m.Flags.HasFlag(ManifestFlags.StateLost)))
        {
            if (manifest.Flags.HasFlag(ManifestFlags.StateLost) && known.Count > 0)
            {
                before = new KnownBefore(known.Values);
                // What came into the bucket in which the state was lost may have been sent, too.
                lostAt = saidUntil + ((ulong)manifest.BucketSeconds * LogTime.PerSecond);
            }
            foreach (SourceDescriptor source in manifest.Sources.Select(s => s.Descriptor))
            {
                if (before is not null && MayRepeat(source, before, lostAt, isFirst: manifest.Flags.HasFlag(ManifestFlags.StateLost)))
                    repeated.Add((source.Host, source.Path));
                known.TryAdd(source.Id, source);
            }
            saidUntil = Math.Max(saidUntil, manifest.CoversTo);
        }
        return repeated;
    }

    private static bool MayRepeat(SourceDescriptor source, KnownBefore before, ulong lostAt, bool isFirst)
    {
        // Under the id of its first incarnation it may have the bytes of a later one.
        if (before.Ids.Contains(source.Id))
            return source.Incarnation == 0 && before.Truncated.Contains(FileOf(source));
        bool wasThere = source.BirthTimeNs == 0 ? isFirst : source.BirthTimeNs / NsPerUnit < lostAt;
        return wasThere && before.Paths.Contains((source.Host, source.Path));
    }

    private static (ulong Device, ulong Inode, ulong BirthTimeNs) FileOf(SourceDescriptor source) => (source.Device, source.Inode, source.BirthTimeNs);

    /// <summary>What the lost state knew.</summary>
    private sealed class KnownBefore(IReadOnlyCollection<SourceDescriptor> sources)
    {
        public HashSet<SourceId> Ids { get; } = [.. sources.Select(s => s.Id)];

        public HashSet<(string Host, string Path)> Paths { get; } = [.. sources.Select(s => (s.Host, s.Path))];

        /// <summary>Files of which there was a later incarnation than the first.</summary>
        public HashSet<(ulong Device, ulong Inode, ulong BirthTimeNs)> Truncated { get; } = [.. sources.Where(s => s.Incarnation > 0).Select(FileOf)];
    }
}
