using Tailer.Testing;

namespace Tailer.EndToEnd.Tests;

/// <summary>
/// A test of the packaged agent, which <c>tools/test</c> builds before. Skipped where the package could not be built, because the
/// package feed has not the runtime's packs, or where the test is to do what only root may.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PackagedAgentFactAttribute : FactAttribute
{
    private bool needsRoot;

    public PackagedAgentFactAttribute()
    {
        if (AgentPackage.Folder is null)
            Skip = "the agent was not packaged: tools/package";
    }

    /// <summary>The test runs the agent as another user.</summary>
    public bool NeedsRoot
    {
        get => needsRoot;
        set
        {
            needsRoot = value;
            if (value && Environment.UserName != "root")
                Skip ??= "only root can run the agent as another user";
        }
    }
}
