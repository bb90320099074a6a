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

    private readonly CopyCheck check = new(tree);

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

    /// <summary>The oldest first, by stamps: numbers may count either way.</summary>
    public static IEnumerable<RotatedFile> InOrder(IReadOnlyCollection<RotatedFile> files) =>
        files.OrderBy(f => f.StartedNs).ThenByDescending(f => f.Age);

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
            if ((hasBytes && path.Sources.Any(s => check.IsCopyOf(s, file, handle))) || IsCopyOfUnknown(path, file, handle))
                return RotatedVerdict.Dismissed;
            if (hasBytes && path.Ended.Any(e => check.IsCopyOf(e, file)))
                return RotatedVerdict.Dismissed;
            return RotatedVerdict.Unseen;
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
        foreach (RotatedFile file in InOrder(candidates))
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

    /// <summary>Nothing was read of it, and nothing is known: what nobody else's bytes are, and is not older, may be its.</summary>
    private RotatedFile? FindUnread(FollowedSource source) => InOrder(Unknown(source.Path)).FirstOrDefault(f =>
        f.StartedNs >= source.StartedNs && source.Refused?.Contains(f.Identity) != true && Judge(source.Path, f) == RotatedVerdict.Unseen);

    /// <summary>
    /// By its name and its stamps older than where the last source is now, untruncated (some number their rotations upwards); or put back by somebody, with the time it had long ago, which is before
    /// that source began.
    /// </summary>
    private bool IsOlder(FollowedPath path, FollowedSource last, RotatedFile file)
    {
        string name = path.SearchPlace().Name;
        if (!last.IsCopy && last.GoneSince is null && last.Incarnation == 0 && RotatedName.TryParse(name, Path.GetFileName(last.SeenAt), out long lastAge)
            && file.Age > lastAge && lastAge > 0 == file.Age > 0 && file.StartedNs < last.StartedNs && check.IsInPlace(last))
            return true;
        const ulong second = 1_000_000_000, day = 86_400 * second;
        FileStatus status = file.Status;
        // Where the clock was set back files are younger than their last change too, but that is not long ago.
        return status.Identity.BirthTimeNs > status.ModifiedNs + second && status.ModifiedNs + second < last.StartedNs && status.ChangedNs > status.ModifiedNs + day;
    }

    /// <summary>
    /// Copytruncate at work on a content that is as new as its copy: on a file that nobody knows, of which a copy is the younger one and
    /// what was rotated away the older; or on what is in the last file since it was truncated.
    /// </summary>
    private bool IsCopyOfUnknown(FollowedPath path, RotatedFile file, IFileHandle handle)
    {
        if (path.Last is { GoneSince: null, IsCopy: false } last && file.Status.Size > 0 && TryLookBeside(last.SeenAt, file, out FileStatus there)
            && there.Identity == last.File && !check.IsInPlace(last) && check.IsStartOf(last.SeenAt, file, handle))
            return true;
        return file.Packing == Packing.None && (file.Status.Size > 0 || file.IsBeingWritten) && TryLookBeside(path.RealPath, file, out FileStatus here)
            && book.Find(here.Identity) is null && file.Status.StartedNs >= here.StartedNs && file.Status.Size <= here.Size && check.IsStartOf(path.RealPath, file, handle);
    }

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
