namespace Tailer.Stores;

/// <summary>Matching events of one stretch of time.</summary>
/// <param name="Start">Of the stretch, <see cref="Blocks.LogTime"/> units.</param>
/// <param name="Errors">Of severity error and worse.</param>
/// <param name="Warnings">Of severity warning.</param>
public readonly record struct HistogramSlot(ulong Start, long Count, long Errors, long Warnings);
