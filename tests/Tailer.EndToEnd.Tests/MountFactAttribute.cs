using Tailer.Reliability;

namespace Tailer.EndToEnd.Tests;

/// <summary>A test that needs small file systems of its own; skipped where they may not be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MountFactAttribute : FactAttribute
{
    public MountFactAttribute()
    {
        if (!SmallDisk.IsPossible())
            Skip = "mounting a tmpfs needs root";
    }
}
