namespace Tailer.Archie;

/// <summary>What a load has brought so far, in the units of the estimate.</summary>
internal sealed record HistoryProgress(long Bytes, int Segments, long Events, int Packets);
