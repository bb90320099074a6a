using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>One bucket's file on one disk. A bucket has a file on each disk that took a packet of it.</summary>
internal readonly record struct BucketFile(StoreDisk Disk, BucketKey Key)
{
    /// <summary>Opens it for reading; null when there is none, or its disk is aside. The caller disposes it. Throws <see cref="IOException"/>.</summary>
    public IDiskFile? OpenRead() => Disk.IsThere ? Disk.Disk.OpenRead(Disk.PathOf(Key)) : null;

    /// <summary>For logs.</summary>
    public override string ToString() => System.IO.Path.Combine(Disk.Directory, Key.RelativePath);
}
