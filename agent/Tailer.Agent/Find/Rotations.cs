using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// Tells what the files are that rotation leaves beside a path: a source renamed, a copy or an archive of one, or something that was
/// at the path while nobody looked. Times only help here, because clocks are set; bytes decide.
/// </summary>
internal sealed class Rotations(IFileTree tree, DirectoryLists lists, SourceBook book, ILogger logger)
{
    /// <summary>Who writes an archive does not pause for so long.</summary>
    private const ulong WritingNs = 2_000_000_000;

    /// <summary>Clocks that are kept right are set back by no more.</summary>
    private const ulong ClockErrorNs = 10_000_000_000;

    /// <summary>A file server's clock may be ahead by so much.</summary>
    private const ulong StampErrorNs = 1_000_000_000;

    /// <summary>No file is written so long before it is made, but where its time was given to it.</summary>
    private const ulong LongNs = 86_400_000_000_000;

    private readonly CopyCheck check = new(tree);

    /// <summary>False where the clock was set since the last look: what is younger may have the older stamp.</summary>
    public bool StampsTell { get; set; } = true;

    /// <summary>
    /// What the clock was before this, nobody knows, because the machine started meanwhile: it may have been set between a file's birth and its last write.
    /// </summary>
    public ulong ClockKnownSinceNs { get; set; }

    /// <summary>Files beside the path that are named like its rotations.</summary>
    public IEnumerable<RotatedFile> Beside(FollowedPath path)
    {
        (string directory, string name) = path.SearchPlace();
        foreach (DirectoryEntry entry in lists.List(directory).Rotations[name])
        {
            Packing packing = UnpackedFile.PackingOf(entry.Name);
            if ((packing == Packing.None && FileSet.IsPacked(entry.Name)) || !RotatedName.TryParse(name, entry.Name, out long age))
                continue;
            if (tree.Look(entry.Path, out FileStatus status) == FilePresence.There && status.IsFile)
                yield return new RotatedFile(status, entry.Path, age, packing, IsBeingWritten(status));
        }
    }

    /// <summary>Those that no source is read from, and that were not dismissed.</summary>
    public List<RotatedFile> Unknown(FollowedPath path) =>
        [.. Beside(path).Where(f => book.Find(f.Identity) is null && !path.Dismissed.Contains(f.Identity))];

    /// <summary>
    /// The oldest first. By names, where they are of one form: copies are younger than what came after them, and what was truncated is
    /// older than what is in it. Else by when they were last written.
    /// </summary>
    public IEnumerable<RotatedFile> InOrder(FollowedPath path, IReadOnlyCollection<RotatedFile> files)
    {
        if (files.Count < 2)
            return files;
        if (files.Any(f => f.Age > 0) && files.Any(f => f.Age < 0))
            return files.OrderBy(f => f.Status.ModifiedNs).ThenBy(f => f.StartedNs);
        IOrderedEnumerable<RotatedFile> byName = files.All(f => f.Age > 0) && CountUpwards(path) ? files.OrderBy(f => f.Age) : files.OrderByDescending(f => f.Age);
        return byName.ThenBy(f => f.StartedNs);
    }

    /// <summary>
    /// Numbers that count downwards are given anew at each rotation, after all that is in those files was written. Where they count upwards a
    /// file is left alone when it has its number, and the next one is written later.
    /// </summary>
    private bool CountUpwards(FollowedPath path)
    {
        RotatedFile[] numbered = [.. Beside(path).Where(f => f.Age > 0).OrderBy(f => f.Age)];
        return numbered.Length > 1 && numbered.All(IsSound) && numbered.Zip(numbered.Skip(1)).All(pair => pair.First.Status.ChangedNs < pair.Second.Status.ModifiedNs);
    }

    /// <summary>
    /// The file came before the source. So it is named, where the same rotations renamed the source's own file; or that is at the path, and
    /// nothing is known of what was in it.
    /// </summary>
    public bool IsBefore(FollowedPath path, RotatedFile file, FollowedSource source)
    {
        if (source.IsBlank && source.GoneSince is null && source.SeenAt == path.RealPath)
            return true;
        // Held open without a name: what was last written to it came after what was copied before.
        if (source is { IsBlank: true, GoneSince: not null, Handle: { } held })
            return StampsTell && file.StartedNs <= held.Status().ModifiedNs;
        string place = source.RestAt ?? source.SeenAt;
        if (source.GoneSince is not null || Path.GetDirectoryName(place) != path.SearchPlace().Directory
            || !RotatedName.TryParse(path.SearchPlace().Name, Path.GetFileName(place), out long age) || age > 0 != file.Age > 0)
            return false;
        return age > 0 && CountUpwards(path) ? file.Age < age : file.Age > age;
    }

    /// <summary>An archive of another of these files, which is there still.</summary>
    public bool IsArchiveOf(RotatedFile file, IEnumerable<RotatedFile> others)
    {
        if (file.Packing == Packing.None)
            return false;
        foreach (RotatedFile other in others.Where(o => o.Packing == Packing.None))
        {
            try
            {
                using IFileHandle handle = Open(file);
                if (check.TryReadHead(handle) && check.IsStartOf(other.Place, file, handle))
                    return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                continue;
            }
        }
        return false;
    }

    /// <summary>
    /// The latest source of the path is there and was not truncated: what has the name of a rotation now was not at the path after it.
    /// </summary>
    public bool IsLastInPlace(FollowedPath path) => path.Last is { } last && last.SeenAt == path.RealPath && check.IsInPlace(last);

    public RotatedVerdict Judge(FollowedPath path, RotatedFile file)
    {
        if (file.Packing != Packing.None && file.Status.Size == 0)
            return file.IsBeingWritten ? RotatedVerdict.BeingWritten : RotatedVerdict.Undecided;
        if (path.Last is { } last && IsOlder(path, last, file))
            return RotatedVerdict.Dismissed;
        try
        {
            using IFileHandle handle = Open(file);
            bool hasBytes = check.TryReadHead(handle);
            if (hasBytes && path.Sources.Any(s => check.IsCopyOf(s, file, handle)))
                return RotatedVerdict.Copy;
            if (hasBytes && path.Ended.Any(e => check.IsCopyOf(e, file)))
                return RotatedVerdict.Dismissed;
            // Last, because the file at the path may be one that must not be read.
            if (IsCopyOfUnknown(path, file, handle))
                return RotatedVerdict.Copy;
            // It may become one.
            return file.Status.Size == 0 && file.IsBeingWritten && MayBeCopyOfUnknown(path, file) ? RotatedVerdict.BeingWritten : RotatedVerdict.Unseen;
        }
        catch (InvalidDataException e)
        {
            if (file.IsBeingWritten)
                return RotatedVerdict.BeingWritten;
            AgentLog.ArchiveDamaged(logger, file.Place, 0, e.Message);
            return RotatedVerdict.Dismissed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Followed, it is read as soon as it may be.
            return file.Packing == Packing.None ? RotatedVerdict.Unseen : RotatedVerdict.Undecided;
        }
    }

    /// <summary>
    /// A file that has the bytes of a source whose own file is gone or truncated, and more than were read; null when there is none.
    /// Of an archive only the first bytes are compared here: whoever reads on compares those before the position.
    /// </summary>
    public RotatedFile? FindCopy(FollowedSource source)
    {
        if (source.PrefixBytes == 0)
            return source.Position == 0 ? FindUnread(source) : null;
        RotatedFile[] candidates = [.. Beside(source.Path).Where(f =>
            f.Identity != source.Identity && book.Find(f.Identity) is null && source.Refused?.Contains(f.Identity) != true)];
        foreach (RotatedFile file in InOrder(source.Path, candidates))
        {
            try
            {
                using IFileHandle handle = Open(file);
                if (check.TryReadHead(handle) && check.Continues(source, file, handle))
                    return file;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                // It may be better at the next look.
                continue;
            }
        }
        return null;
    }

    /// <summary>
    /// Nothing was read of it, and nothing is known: what nobody else's bytes are, and is neither older nor younger than what followed it, may be its.
    /// </summary>
    private RotatedFile? FindUnread(FollowedSource source)
    {
        FollowedPath path = source.Path;
        FollowedSource? next = NextOf(source);
        List<RotatedFile> unknown = Unknown(path);
        return InOrder(path, unknown).FirstOrDefault(f => (next is null || MayPrecede(path, f, next)) && MayBe(source, f) && !IsArchiveOf(f, unknown));
    }

    /// <summary>Nothing was read of it, and what followed it must not be read: whether a file that nobody knows is its can be told once that may be read.</summary>
    public bool MayTellLater(FollowedSource source) =>
        source.IsBlank && NextOf(source) is { IsFailing: true } && Unknown(source.Path).Exists(f => MayBe(source, f));

    private bool MayBe(FollowedSource source, RotatedFile file) =>
        file.StartedNs >= source.StartedNs && source.Refused?.Contains(file.Identity) != true && Judge(source.Path, file) == RotatedVerdict.Unseen;

    private static FollowedSource? NextOf(FollowedSource source) => source.Path.Sources.Find(s => s.Predecessor == source.Id)
        ?? source.Path.Back().TakeWhile(s => s != source).LastOrDefault(s => s.StartedNs >= source.StartedNs);

    /// <summary>An archive was last written when its writer noticed the rotation, which may be after that; then names tell, as long as nothing was truncated.</summary>
    private bool MayPrecede(FollowedPath path, RotatedFile file, FollowedSource next) => file.StartedNs <= next.StartedNs
        || (file.Packing != Packing.None && check.IsInPlace(next) && (next.SeenAt == path.RealPath || IsBefore(path, file, next)));

    /// <summary>
    /// An archive of what was last written before the path was followed; or put back by somebody, with the time it had long ago, which is before the last source began.
    /// </summary>
    private bool IsOlder(FollowedPath path, FollowedSource last, RotatedFile file)
    {
        FileStatus status = file.Status;
        if (!StampsTellOf(path, file))
            return false;
        if (file.Packing != Packing.None && status.ModifiedNs + ClockErrorNs <= path.SinceNs)
            return true;
        // Where the clock was set back files are younger than their last change too, but that is not long ago. One that waits was there before the last source was found.
        if (path.Waiting.Contains(file.Identity) || last.StartedNs < ClockKnownSinceNs || last.StartedNs > tree.NowNs)
            return false;
        return status.Identity.BirthTimeNs > Math.Max(ClockKnownSinceNs, status.ModifiedNs + LongNs) && status.ModifiedNs + ClockErrorNs < last.StartedNs;
    }

    /// <summary>False where the clock is known to have been set since the path is followed, or the file shows that it was.</summary>
    private bool StampsTellOf(FollowedPath path, RotatedFile file) => path.SinceNs != FollowedPath.SinceUnknown && IsSound(file);

    /// <summary>False where a file's stamps show that the clock was set: it is of the future, or was made or written after its last change.</summary>
    private bool IsSound(RotatedFile file)
    {
        FileStatus status = file.Status;
        ulong latest = tree.NowNs + StampErrorNs;
        return status.ChangedNs <= latest && status.StartedNs <= status.ChangedNs && status.ModifiedNs <= status.ChangedNs;
    }

    /// <summary>
    /// A copy of a content that is as new as the copy: of what is in a file since it was truncated; or of a file that nobody knows, of which a
    /// copy is the younger one and what was rotated away the older.
    /// </summary>
    private bool IsCopyOfUnknown(FollowedPath path, RotatedFile file, IFileHandle handle)
    {
        if (file.Status.Size > 0 && path.Sources.Any(s => check.IsStartOfTruncated(s, file, handle)))
            return true;
        return file.Status.Size > 0 && MayBeCopyOfUnknown(path, file) && check.IsStartOf(path.RealPath, file, handle);
    }

    private bool MayBeCopyOfUnknown(FollowedPath path, RotatedFile file) =>
        file.Packing == Packing.None && TryLookBeside(path.RealPath, file, out FileStatus here) && book.Find(here.Identity) is null
        && (file.Status.StartedNs >= here.StartedNs || !StampsTell || here.StartedNs > tree.NowNs) && file.Status.Size <= here.Size;

    private bool TryLookBeside(string place, RotatedFile file, out FileStatus status) =>
        tree.Look(place, out status) == FilePresence.There && status.IsFile && status.Identity != file.Identity;

    private bool IsBeingWritten(in FileStatus status)
    {
        ulong now = tree.NowNs;
        return status.ModifiedNs + WritingNs > now && status.ModifiedNs < now + WritingNs;
    }

    private IFileHandle Open(RotatedFile file)
    {
        IFileHandle handle = tree.Open(file.Place);
        return file.Packing == Packing.None ? handle : new UnpackedFile(handle, file.Packing);
    }
}
