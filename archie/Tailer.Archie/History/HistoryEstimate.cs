namespace Tailer.Archie;

/// <summary>What a load would bring. Bytes as stored, compressed; events as far as footers tell.</summary>
internal sealed record HistoryEstimate(
    long Bytes, int Segments, long Events, int UnsealedPackets, long UnsealedBytes, bool Complete, IReadOnlyList<AnswerSource> Sources);
