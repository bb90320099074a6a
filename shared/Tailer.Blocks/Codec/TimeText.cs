namespace Tailer.Blocks;

/// <summary>What may be found in times of one format: the length of the longest run of digits, and whether there are letters.</summary>
public readonly record struct TimeText(int Digits, bool Letters);
