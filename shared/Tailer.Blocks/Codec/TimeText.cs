namespace Tailer.Blocks;

/// <summary>What may be found in times of one format: the length of the longest run of digits, and where there are letters.</summary>
public readonly record struct TimeText(int Digits, bool Letters, bool StartsWithLetter, bool EndsWithLetter);
