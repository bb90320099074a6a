using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>A file that is named like a rotation of a followed path; of two a greater <see cref="Age"/> is older.</summary>
internal sealed record RotatedFile(FileStatus Status, string Place, long Age, Packing Packing, bool IsBeingWritten)
{
    public FileIdentity Identity => Status.Identity;

    /// <summary>Archives keep the time of the last change, which is not after the start of what came next.</summary>
    public ulong StartedNs => Packing == Packing.None ? Status.StartedNs : Status.ModifiedNs;
}
