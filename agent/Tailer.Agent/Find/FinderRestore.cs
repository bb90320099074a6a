using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>Makes sources again of what an earlier run knew.</summary>
internal sealed class FinderRestore(SourceBook book, IFileTree tree, TimeProvider clock)
{
    /// <summary>What is read of them may have been sent before, as far as their files reach now.</summary>
    public bool MayRepeat { get; init; }

    public static void Path(FollowedPath path, SavedPath saved)
    {
        path.RealPath = saved.RealPath == path.Path ? path.Path : saved.RealPath;
        path.SinceNs = saved.SinceNs;
        path.Dismissed.UnionWith(saved.Dismissed);
        path.Waiting.UnionWith(saved.Waiting);
        foreach (EndedSource ended in saved.Ended)
            path.Remember(ended);
    }

    public void Chain(FollowedPath path, IReadOnlyList<SourcePosition> positions, FinderState? state)
    {
        SourceId savedLast = state?.Paths.GetValueOrDefault(path.Path)?.Last ?? default;
        SourcePosition? last = positions.FirstOrDefault(p => p.Descriptor.Id == savedLast)
            ?? positions.FirstOrDefault(p => positions.All(other => other.Descriptor.Id != p.Descriptor.Predecessor));
        // Sources found after the checkpoint follow each other; a rotated file that was truncated is no successor of its path.
        // What is left of several lost states may name each other.
        var passed = new HashSet<SourceId>();
        while (last is not null && passed.Add(last.Descriptor.Id)
            && positions.Where(p => p.Descriptor.Predecessor == last.Descriptor.Id).MaxBy(p => p.Descriptor.Incarnation == 0) is { } next)
            last = next;
        foreach (SourcePosition position in positions)
            Source(path, position, ReferenceEquals(position, last), HasLaterIncarnation(position, positions), state?.Places.GetValueOrDefault(position.Descriptor.Id));
        path.Last ??= path.Sources.FirstOrDefault();
    }

    private void Source(FollowedPath path, SourcePosition position, bool isLast, bool isTruncated, SavedPlace? saved)
    {
        SourceDescriptor d = position.Descriptor;
        // What it was truncated at was read, or said to be lost.
        if (isTruncated && position.Finished)
            return;
        SavedPlace place = saved ?? SavedPlace.Guess(position, tree.NowNs);
        var identity = new FileIdentity(d.Device, d.Inode, d.BirthTimeNs);
        var source = new FollowedSource
        {
            Path = path,
            Identity = identity,
            File = place.File == default ? identity : place.File,
            Packing = place.Packing,
            Incarnation = d.Incarnation,
            Id = d.Id,
            Predecessor = d.Predecessor,
            FirstOffset = d.FirstOffset,
            StartedNs = place.StartedNs,
            SeenAt = place.SeenAt,
            KnownSize = Math.Max(place.KnownSize, Math.Max(position.Position, position.SeenTo)),
            RepeatUntil = MayRepeat ? ulong.MaxValue : Math.Max(place.RepeatUntil, position.SeenTo),
            GrownAt = clock.SteadyNow(),
            IsReplaced = !isLast,
        };
        source.Restore(position);
        if (isLast)
            path.Last = source;
        if (isTruncated && !source.IsCopy)
        {
            // Its file has another content; a copy may have the rest of its own.
            source.GoneSince = clock.SteadyNow();
            book.AddWithoutFile(source);
            return;
        }
        book.Add(source);
    }

    private static bool HasLaterIncarnation(SourcePosition position, IReadOnlyList<SourcePosition> positions)
    {
        SourceDescriptor d = position.Descriptor;
        return positions.Any(p => p.Descriptor.Incarnation > d.Incarnation
            && p.Descriptor.Inode == d.Inode && p.Descriptor.BirthTimeNs == d.BirthTimeNs && p.Descriptor.Device == d.Device);
    }
}
