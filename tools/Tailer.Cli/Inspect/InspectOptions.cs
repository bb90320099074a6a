namespace Tailer.Cli.Inspect;

/// <summary>What whoever asks wants to see.</summary>
/// <param name="AllBlocks">Every row of the blocks.</param>
/// <param name="AllPackets">Every packet and manifest.</param>
/// <param name="AllSources">Every source.</param>
/// <param name="Events">How many events, from the first on; 0 for none.</param>
internal sealed record InspectOptions(bool AllBlocks, bool AllPackets, bool AllSources, int Events);
