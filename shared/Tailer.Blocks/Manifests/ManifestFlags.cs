namespace Tailer.Blocks;

/// <summary>Flags of a manifest; the bits are on disk.</summary>
[Flags]
public enum ManifestFlags : byte
{
    None = 0,

    /// <summary>The agent stopped cleanly after this.</summary>
    Goodbye = 1,

    /// <summary>The host will not come back.</summary>
    Retired = 2,

    /// <summary>The agent was down for a part of what is covered.</summary>
    WasDown = 4,

    /// <summary>The agent's state was lost: the chain of manifests starts anew here.</summary>
    StateLost = 8,
}
