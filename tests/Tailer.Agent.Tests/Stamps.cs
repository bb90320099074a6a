using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Agent.Tests;

/// <summary>The clock by which the machine's file system stamps files.</summary>
internal static class Stamps
{
    /// <summary>Returns when the next file would have another stamp: kernel clocks move in steps.</summary>
    public static void PassStep(string directory)
    {
        string probe = Path.Combine(directory, "probe");
        SystemTreeWriter.Instance.Append(probe, "x"u8);
        SystemFileTree.Instance.Look(probe, out FileStatus first);
        FileStatus now;
        do
        {
            SystemTreeWriter.Instance.Append(probe, "x"u8);
            SystemFileTree.Instance.Look(probe, out now);
        }
        while (now.ModifiedNs <= first.ModifiedNs);
        SystemTreeWriter.Instance.Delete(probe);
    }
}
