namespace Tailer.Testing;

/// <summary>A file or directory of a <see cref="MemoryDisk"/>: what programs see, and what the disk would still have without power.</summary>
internal abstract class MemoryNode
{
    /// <summary>
    /// The power goes. Without <paramref name="random"/> everything that was not synced is gone; with it, any part of it may have
    /// reached the disk.
    /// </summary>
    public abstract void LosePower(Random? random);
}
